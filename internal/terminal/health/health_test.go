package health

import "testing"

func TestAFaultIsSeenUntilItIsCleared(t *testing.T) {
	var f Faults
	if f.Any() || f.Changed() != nil || f.Text() != "" {
		t.Error("a new machine has a fault")
	}
	f.Raise(Staff)
	f.Raise(Coin)
	f.Raise(Coin)
	if !f.Has(Staff) || f.Text() != "staff coin" {
		t.Errorf("%q", f.Text())
	}
	select {
	case <-f.Changed():
	default:
		t.Error("nobody is told")
	}
	f.Looked()
	if f.Changed() != nil {
		t.Error("told again without news")
	}
	f.Clear(Coin)
	f.Clear(Staff)
	if f.Any() || f.Changed() == nil {
		t.Errorf("%q stays, or nobody is told", f.Text())
	}
}
