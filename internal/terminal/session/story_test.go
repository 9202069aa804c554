package session

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/kioskd/kioskd/internal/domain"
)

// TestStories plays the stories of testdata: each block is one or more events, and what they lead to. An answer or a
// time-out without an id is that of the request or timer under way. Write them anew with -rewrite.
func TestStories(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		v := Visit{}
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			var out strings.Builder
			for _, line := range append([]string{d.Cmd + " " + args(d)}, lines(d.Input)...) {
				e, err := storyEvent(v, line)
				if err != nil {
					d.Fatalf(t, "%v", err)
				}
				before := v.State
				var effects []Effect
				if Stranger(v, e) {
					fmt.Fprintf(&out, "%s: dropped\n", e.Kind)
					continue
				}
				v, effects = Step(v, e)
				fmt.Fprintf(&out, "%s → %s\n", before, v.State)
				for _, f := range effects {
					if f.Kind != Arm && f.Kind != ArmCap {
						fmt.Fprintf(&out, "  %s\n", storyEffect(f))
					}
				}
			}
			return out.String()
		})
	})
}

func args(d *datadriven.TestData) string {
	var all []string
	for _, a := range d.CmdArgs {
		all = append(all, a.String())
	}
	return strings.Join(all, " ")
}

func lines(s string) []string {
	if s = strings.TrimSpace(s); s == "" {
		return nil
	}
	return strings.Split(s, "\n")
}

// storyEvent reads "CoinIn 500", "Identified 3", "PickLanguage en", "Fixed 500", "CardRefused CertExpired", "TimedOut".
func storyEvent(v Visit, line string) (Event, error) {
	word, arg, _ := strings.Cut(strings.TrimSpace(line), " ")
	arg = strings.TrimSpace(arg)
	e := Event{ID: v.Await}
	for e.Kind = range numKinds {
		if e.Kind.String() == word {
			break
		}
	}
	switch e.Kind {
	case numKinds:
		return e, fmt.Errorf("no event %q", word)
	case TimedOut:
		e.ID = v.Timer
	case CapReached:
		e.ID = v.Cap
	case Begin:
		switch arg {
		case "register":
			e.May = OfferRegister
		case "another":
			e.May = OfferAnother
		}
	case Another:
		e.Application = domain.ApplicationID{ID: domain.ID{2}}
	case Taken:
		e.N = v.anotherTime()
	case Checked:
		e.N = v.payTime()
		if arg == "late" {
			e.N--
		}
	case CopyFailed:
		e.Evidence = map[string]Evidence{"unknown": EvidenceUnknown, "notprinted": EvidenceNotPrinted}[arg]
	case ChoicesHeld:
		e.Offer = storyOffer
	case CoinIn:
		n, err := strconv.Atoi(arg)
		d, ok := domain.DenominationOf(domain.Yen(n))
		if err != nil || !ok {
			return e, fmt.Errorf("no coin %q", arg)
		}
		e.Coin = d
	case Fixed, CoinsReturned, ChangePaid:
		e.Count = v.Escrow
		if e.Kind == ChangePaid {
			e.Count, _ = change(v.Due)
		}
	default:
		e.Arg = arg
		e.N, _ = strconv.Atoi(arg)
		e.Reason, _ = domain.ParseReason(arg)
	}
	if late, ok := strings.CutPrefix(arg, "id="); ok {
		n, err := strconv.Atoi(late)
		if err != nil {
			return e, err
		}
		e.ID = uint32(n)
	}
	return e, nil
}

func storyEffect(f Effect) string {
	s := f.Kind.String()
	if f.Kind == PrintCopy {
		s += fmt.Sprintf(" %d", f.N)
	}
	if f.Yen != 0 {
		s += fmt.Sprintf(" ¥%d", f.Yen)
	}
	if f.Outcome != domain.OutcomeOpen {
		s += " " + f.Outcome.String()
	}
	if f.Reason != domain.NoRefusal {
		s += " " + f.Reason.Code()
	}
	return s
}

var storyOffer = &Offer{
	Kinds: []KindOffer{{
		Kind: domain.ResidentRecord, UnitFee: 200, MaxCopies: 5, Options: []OptionOffer{{
			Code: domain.OptionScope, Values: []domain.OptionValue{domain.ScopeWhole, domain.ScopePart, domain.ScopeSelf},
			Default: 2,
		}},
	}},
	Members: []MemberOffer{{Ref: "m1"}, {Ref: "m2"}},
}
