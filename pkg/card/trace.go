package card

import (
	"context"
	"encoding/hex"
	"log/slog"
)

// Trace wraps a port so that each command is logged at debug level, masked ([Masked]), and each answer as its length
// and status word: an answer holds certificates. Nothing of a PIN can reach the log.
func Trace(p Port, log *slog.Logger) Port { return &trace{port: p, log: log} }

type trace struct {
	port Port
	log  *slog.Logger
}

var _ Port = (*trace)(nil)

func (t *trace) Transmit(ctx context.Context, apdu []byte) ([]byte, error) {
	command := Masked(apdu)
	answer, err := t.port.Transmit(ctx, apdu)
	if err != nil {
		t.log.DebugContext(ctx, "card.apdu", "command", command, "err", err)
		return answer, err
	}
	n := max(len(answer)-2, 0)
	t.log.DebugContext(ctx, "card.apdu", "command", command, "bytes", n, "status", hex.EncodeToString(answer[n:]))
	return answer, nil
}
