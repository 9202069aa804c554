// Package recovery judges what a crash or a power loss left open, by the devices' own counters and never by what was
// intended (reliability §1.4, §1.5). It is pure: terminal reads the counters and writes the findings down.
package recovery

import (
	"encoding/json"
	"fmt"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/account"
	"github.com/kioskd/kioskd/internal/terminal/journal"
	"github.com/kioskd/kioskd/pkg/coin"
)

// VerbEmpty is a clerk's act: what stayed in the escrow goes into the clerk's hands.
const VerbEmpty = "empty"

// Coin judges one act of the coin vendor that was cut off, by its counters before and now.
func Coin(u journal.Unfinished, now coin.Counters, held domain.Count) (journal.Finding, error) {
	var before coin.Counters
	if err := json.Unmarshal(u.Before, &before); err != nil {
		return journal.Finding{}, fmt.Errorf("recovery: counters of act: %w", err)
	}
	after, err := json.Marshal(now)
	if err != nil {
		return journal.Finding{}, fmt.Errorf("recovery: %w", err)
	}
	f := journal.Finding{Result: journal.Unsure, After: after}
	switch u.Verb {
	case "payout":
		var plan coin.Count
		if err := json.Unmarshal(u.Arg, &plan); err != nil {
			return f, fmt.Errorf("recovery: plan of act: %w", err)
		}
		return payoutFinding(f, coin.ResolvePayout(before, now, plan), plan), nil
	case "repay", "keep", VerbEmpty:
		return escrowFinding(f, u.Verb, before, now, held), nil
	default:
		return f, nil
	}
}

// OnEscrow reports that an act moves what lies in the escrow.
func OnEscrow(u journal.Unfinished) bool {
	return u.Device == "coin" && (u.Verb == "repay" || u.Verb == "keep" || u.Verb == VerbEmpty)
}

// PowerLost reports that the acceptor, and the escrow with it, was without power since an act began.
func PowerLost(u journal.Unfinished, now coin.Counters) bool {
	var before coin.Counters
	return json.Unmarshal(u.Before, &before) != nil || coin.ResolveDeposit(before.Acceptor, now.Acceptor).Reset
}

func payoutFinding(f journal.Finding, p coin.Payout, plan coin.Count) journal.Finding {
	if !p.Known || p.Paying { // any of them may have come out, or may come yet
		f.Moves = []journal.Move{{From: journal.Hopper, To: journal.Unknown, Coins: domain.Count(plan)}}
		return f
	}
	f.Moves = []journal.Move{{From: journal.Hopper, To: journal.World, Coins: domain.Count(p.Paid)}}
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
// that is as full as before never moved. Anything between is not proved, nor where coins went that were not in it when
// the act began.
func escrowFinding(f journal.Finding, verb string, before, now coin.Counters, held domain.Count) journal.Finding {
	to := map[string]journal.Account{"repay": journal.World, "keep": journal.Hopper, VerbEmpty: journal.Staff}[verb]
	switch {
	case now.Escrow.Serial != before.Escrow.Serial, before.Escrow.Empty() && !held.IsZero(): // gone before the act
		f.Moves = []journal.Move{{From: journal.Escrow, To: journal.Unknown, Coins: held}}
	case now.Escrow.Empty():
		f.Result = journal.Done
		f.Moves = []journal.Move{{From: journal.Escrow, To: to, Coins: held}}
	case now.Escrow.NoLevel: // its level is what was known before
		f.Moves = []journal.Move{{From: journal.Escrow, To: journal.Unknown, Coins: held}}
	case !now.Escrow.Moving && now.Escrow.Level == before.Escrow.Level:
		f.Result = journal.NotDone
	default:
		f.Moves = []journal.Move{{From: journal.Escrow, To: journal.Unknown, Coins: held}}
	}
	return f
}

// Printed says how far the copies came: each print act is one copy, in its order. A copy that was begun and is not
// proved may lie anywhere.
func Printed(l journal.Left) (p account.Printing) {
	for i, r := range l.Prints {
		switch r {
		case journal.Done:
			p.Good++
		case journal.NotDone:
		default:
			p.UnderWay = i + 1
		}
	}
	p.Good = min(p.Good, l.Copies)
	return p
}

// Ending classifies what was left (reliability §1.5). A copy counts as good only if its act was proved done. Where more
// was paid out than was due, nothing is owed and the loss is the operator's.
func Ending(l journal.Left) journal.Ending {
	good := Printed(l).Good
	e := journal.Ending{
		Application: l.Application, Good: good, Revenue: l.Fee / domain.Yen(l.Copies) * domain.Yen(good),
	}
	e.Owed = max(0, l.In.Total()-l.Out.Total()-e.Revenue)
	switch {
	case e.Owed > 0:
		e.Outcome = domain.OutcomeOwed
	case good == l.Copies:
		e.Outcome = domain.OutcomePrintedPaid
	case good > 0:
		e.Outcome = domain.OutcomePartPaid
	case !l.In.IsZero():
		e.Outcome = domain.OutcomeRefunded
	default:
		e.Outcome = domain.OutcomeNothing
	}
	return e
}

// Returnable is X-01's first condition: every coin that was put in lies in the escrow, nothing was given out, and no
// sheet can have left.
func Returnable(l journal.Left) bool {
	if Printed(l).Any() {
		return false
	}
	return !l.Held.IsZero() && l.Held == l.In && l.Out.IsZero()
}
