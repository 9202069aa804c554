package terminal

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/journal"
	"github.com/kioskd/kioskd/pkg/coin"
)

// resolve finishes the acts that a crash left without an end, by the devices' own counters and never by what was
// intended (reliability §1.4). unsure reports that one of them cannot be proved.
func (a *acts) resolve(ctx context.Context, l journal.Left) (unsure bool, err error) {
	var now coin.Counters
	known := false
	if a.coins != nil {
		now, err = a.coins.Counters(ctx)
		known = err == nil
	}
	for _, u := range l.Acts {
		f := journal.Finding{Result: journal.Unsure}
		if u.Device == "coin" && known {
			if f, err = resolveCoin(u, now, l.Held); err != nil {
				return true, err
			}
		}
		unsure = unsure || f.Result == journal.Unsure
		if err := a.journal.Finish(ctx, a.now(), u.Act, f); err != nil {
			return true, err
		}
	}
	return unsure, nil
}

// resolveCoin judges one act of the coin vendor.
func resolveCoin(u journal.Unfinished, now coin.Counters, held domain.Count) (journal.Finding, error) {
	var before coin.Counters
	if err := json.Unmarshal(u.Before, &before); err != nil {
		return journal.Finding{}, fmt.Errorf("terminal: counters of act: %w", err)
	}
	f := journal.Finding{Result: journal.Unsure, After: encoded(now)}
	switch u.Verb {
	case "payout":
		var plan coin.Count
		if err := json.Unmarshal(u.Arg, &plan); err != nil {
			return f, fmt.Errorf("terminal: plan of act: %w", err)
		}
		return payoutFinding(f, coin.ResolvePayout(before, now, plan), plan), nil
	case "repay", "keep":
		return escrowFinding(f, u.Verb, before, now, held), nil
	default:
		return f, nil
	}
}

func payoutFinding(f journal.Finding, p coin.Payout, plan coin.Count) journal.Finding {
	if !p.Known || p.Paying {
		return f
	}
	f.Moves = []journal.Move{{From: journal.Hopper, To: journal.World, Coins: countOf(p.Paid)}}
	switch p.Paid {
	case plan:
		f.Result = journal.Done
	case coin.Count{}:
		f.Result = journal.NotDone
	default:
		f.Result = journal.Partial
	}
	return f
}

// escrowFinding: an escrow of the same serial that is proved empty was emptied by the command that was on its way; one
// that is as full as before never moved. Anything between is not proved.
func escrowFinding(f journal.Finding, verb string, before, now coin.Counters, held domain.Count) journal.Finding {
	to := journal.World
	if verb == "keep" {
		to = journal.Hopper
	}
	switch {
	case now.Escrow.Serial != before.Escrow.Serial:
		f.Moves = []journal.Move{{From: journal.Escrow, To: journal.Unknown, Coins: held}}
	case now.Escrow.Empty():
		f.Result = journal.Done
		f.Moves = []journal.Move{{From: journal.Escrow, To: to, Coins: held}}
	case !now.Escrow.Moving && now.Escrow.Level == before.Escrow.Level:
		f.Result = journal.NotDone
	default:
		f.Moves = []journal.Move{{From: journal.Escrow, To: journal.Unknown, Coins: held}}
	}
	return f
}
