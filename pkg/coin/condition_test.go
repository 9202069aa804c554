package coin_test

import (
	"errors"
	"testing"
	"time"

	bench "github.com/kioskd/kioskd/internal/bench/coin"
	"github.com/kioskd/kioskd/internal/bench/coin/trouble"
	"github.com/kioskd/kioskd/pkg/coin"
)

// status is what the vendor says of itself.
func (r *rig) status() coin.Status {
	r.Helper()
	s, err := r.v.Status(r.Context())
	r.must(err)
	return s
}

func TestEveryPartSaysHowItIs(t *testing.T) {
	onMachine(t, func(o *bench.Options, _ *coin.Config) { o.Stock[10], o.Stock[500] = 5, o.HighMark }, func(r *rig) {
		s := r.status()
		if s.Acceptor.Condition != coin.ConditionOK || s.Escrow.Condition != coin.ConditionEmpty || s.Coins != "" {
			r.Errorf("%+v", s)
		}
		for k, want := range []coin.Condition{
			coin.ConditionLow, coin.ConditionOK, coin.ConditionOK, coin.ConditionHigh,
		} {
			if h := s.Hoppers[k]; h.Condition != want || h.Accuracy != coin.AccuracyUnknown {
				r.Errorf("hopper of ¥%d: %+v, want %v", coin.Kind(k).Yen(), h, want)
			}
		}
		r.begin(300)
		r.insert(100)
		if s := r.status(); s.Escrow.Condition != coin.ConditionOK || s.Coins != coin.InEscrow {
			r.Errorf("%+v", s)
		}
		r.fault(bench.Fault{Do: trouble.FullEscrow})
		r.fault(bench.Fault{Do: trouble.BlockOpto, Ms: 60_000})
		r.insert(100)
		s = r.status()
		if s.Escrow.Condition != coin.ConditionFull || s.Acceptor.Condition != coin.ConditionJammed || s.Acceptor.Code != 49 {
			r.Errorf("%+v", s)
		}
		r.m.ClearJams()
		r.fix()
		r.fault(bench.Fault{Do: bench.JamEscrow})
		if err := r.v.EndDeposit(r.Context(), coin.Repay); !errors.Is(err, coin.ErrUnresolved) {
			r.Error(err)
		}
		s = r.status()
		if s.Escrow.Condition != coin.ConditionJammed || s.Escrow.Code != 250 || s.Coins != coin.PositionUnknown {
			r.Errorf("%+v", s)
		}
	})
}

func TestAPartThatDoesNotAnswerIsMissing(t *testing.T) {
	onMachine(t, nil, func(r *rig) {
		for range 3 {
			r.fault(bench.Fault{Do: bench.LoseReply, Header: 163, Device: 4})
			r.fault(bench.Fault{Do: bench.CorruptReply, Header: 106})
		}
		s := r.status()
		if s.Hoppers[coin.Fifty].Condition != coin.ConditionMissing || s.Escrow.Condition != coin.ConditionUnknown {
			r.Errorf("%+v", s)
		}
	})
}

// TestAHopperIsInaccurateUntilStaffHaveCounted: by a jam, by an unproved payout, and by running empty before its count.
func TestAHopperIsInaccurateUntilStaffHaveCounted(t *testing.T) {
	for name, c := range map[string]struct {
		fault bench.Fault
		at    coin.Position
		spoil bool
	}{
		"jam in mid-pay":    {bench.Fault{Do: bench.JamHopper, Yen: 100, After: 1}, "", true},
		"jammed already":    {bench.Fault{Do: bench.JammedHopper, Yen: 100}, coin.InHopper, true},
		"jam at the exit":   {bench.Fault{Do: trouble.JamExit, Yen: 100}, "", true},
		"empty too soon":    {bench.Fault{Do: trouble.EmptyHopper, Yen: 100, After: 1}, "", true},
		"a reply is lost":   {bench.Fault{Do: bench.LoseReply, Header: 167}, "", false},
		"another's trouble": {bench.Fault{Do: bench.JammedHopper, Yen: 50}, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			set := coin.Accuracies{coin.AccurateSet, coin.AccurateSet, coin.AccurateSet, coin.AccurateSet}
			onMachine(t, func(_ *bench.Options, cfg *coin.Config) { cfg.Accuracy = set }, func(r *rig) {
				r.fault(c.fault)
				_, err := r.pay(coin.Count{0, 0, 3, 0})
				if (err != nil) != c.spoil {
					r.Errorf("paid: %v", err)
				}
				part, is := errors.AsType[*coin.PartError](err)
				if c.at != "" && (!is || part.At != c.at) {
					r.Errorf("%v at %v", err, part)
				}
				want := set
				if c.spoil {
					want[coin.Hundred] = coin.Inaccurate
				}
				told := count(r, func(e coin.Counts) bool { return e.Accuracy == want })
				if r.v.Accuracy() != want || (told == 1) != c.spoil {
					r.Errorf("accuracy %v, told %d times", r.v.Accuracy(), told)
				}
				r.m.ClearJams()
				r.wait(time.Minute) // no jam that is cleared mends the count
				if r.v.Accuracy() != want {
					r.Errorf("accuracy %v after a while", r.v.Accuracy())
				}
				r.must(r.v.SetAccuracy(r.Context(), coin.Accuracies{coin.Hundred: coin.AccurateSet}))
				if r.v.Accuracy() != set {
					r.Errorf("accuracy %v after a count", r.v.Accuracy())
				}
			})
		})
	}
}

func TestTheAccuracyOutlivesTheLine(t *testing.T) {
	onSocket(t, nil, func(p *plugged) {
		p.must(p.c.SetAccuracy(p.Context(), coin.Accuracies{coin.Ten: coin.AccurateSet}))
		p.s.plug(nil)
		until[coin.Gone](p, 10*time.Second)
		p.s.plug(p.m)
		until[coin.Back](p, 10*time.Second)
		s, err := p.c.Status(p.Context())
		p.must(err)
		if s.Hoppers[coin.Ten].Accuracy != coin.AccurateSet || s.Hoppers[coin.Fifty].Accuracy != coin.AccuracyUnknown {
			p.Errorf("%+v", s.Hoppers)
		}
	})
}
