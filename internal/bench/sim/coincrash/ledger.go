package coincrash

import (
	"errors"
	"time"

	"github.com/kioskd/kioskd/pkg/coin"
)

// ledger is what is on the disk: what was committed and nothing else.
type ledger struct {
	begun   bool // the story was begun: a new life does not begin it again
	open    bool // a deposit is open
	last    coin.Acceptor
	escrow  coin.Count
	boxed   coin.Count // of those in the escrow, what goes to the cash box when it is kept
	hoppers coin.Count
	box     coin.Count
	out     coin.Count
	unknown int  // coins of which nobody knows where they are, or which they are
	act     *act // an intent without its result
	owed    int  // coins of ¥100 still to be paid
}

// act is an intent.
type act struct {
	end    coin.End // 0: a payout
	plan   coin.Count
	before coin.Counters
}

// errDead says that this life is over; nothing that it does any more reaches disk or devices.
var errDead = errors.New("coincrash: this life is over")

// flush is how long a commit takes.
const flush = 3 * time.Millisecond

// commit changes the ledger, if its life is still there when the disk has flushed.
func (p *life) commit(change func(l *ledger)) error {
	select {
	case <-time.After(flush):
	case <-p.died:
	}
	p.shop.mu.Lock()
	defer p.shop.mu.Unlock()
	if p.dead {
		return errDead
	}
	next := p.shop.disk
	change(&next)
	p.shop.disk = next
	return nil
}

// read gives the ledger as it is.
func (p *life) read() ledger {
	p.shop.mu.Lock()
	defer p.shop.mu.Unlock()
	return p.shop.disk
}
