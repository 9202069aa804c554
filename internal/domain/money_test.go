package domain

import "testing"

func TestCountsHoldAndGivePieceByPiece(t *testing.T) {
	here := Count{2, 0, 1, 0}
	for want, all := range map[bool][]Count{
		true:  {{}, {1}, {2, 0, 1}, {0, 0, 1}, {-1}},
		false: {{3}, {0, 1}, {0, 0, 0, 1}, {2, 1, 1}},
	} {
		for _, o := range all {
			if here.Holds(o) != want {
				t.Errorf("%v holds %v: %v", here, o, !want)
			}
		}
	}
	if got := (Count{3, -1, 1, 5}).Of(here); got != (Count{2, 0, 1, 0}) {
		t.Errorf("of %v: %v", here, got)
	}
}

func TestOutcomeOf(t *testing.T) {
	in := Count{0, 0, 2}
	for _, c := range []struct {
		owed          Yen
		ordered, good int
		in            Count
		want          Outcome
	}{
		{300, 1, 1, in, OutcomeOwed},
		{0, 2, 2, in, OutcomePrintedPaid},
		{0, 2, 1, in, OutcomePartPaid},
		{0, 2, 0, in, OutcomeRefunded},
		{0, 2, 0, Count{}, OutcomeNothing},
		{0, 0, 0, Count{}, OutcomeNothing},
		{0, 1, 1, Count{}, OutcomePrintedPaid},
	} {
		if got := OutcomeOf(c.owed, c.ordered, c.good, c.in); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}
