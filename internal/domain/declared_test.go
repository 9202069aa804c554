package domain

import (
	"strings"
	"testing"
)

// TestD10_EveryFaultIsDeclared: number, severity, owner, what it blocks and the next step; codes are distinct and read
// back.
func TestD10_EveryFaultIsDeclared(t *testing.T) {
	all := Faults()
	if len(all) != int(numFaults)-1 {
		t.Fatalf("%d faults", len(all))
	}
	for _, f := range all {
		i, ok := f.Info()
		switch back, known := ParseFault(i.Code); {
		case !ok || !known || back != f:
			t.Errorf("fault %d: %q reads back as %d", f, i.Code, back)
		case i.Severity < SeverityNote || i.Severity > SeverityAlarm || i.Owner < OwnerNobody ||
			i.Owner > OwnerMunicipality || i.Blocks < BlocksKind || i.Blocks > BlocksService:
			t.Errorf("%s: %+v", f, i)
		case !strings.HasPrefix(i.Next, "fix."):
			t.Errorf("%s: no next step", f)
		case i.Severity == SeverityAlarm && i.Owner == OwnerNobody:
			t.Errorf("%s: an alarm without an owner", f)
		}
	}
	for _, f := range []FaultCode{NoFault, numFaults} {
		if _, ok := f.Info(); ok {
			t.Errorf("%d is a fault", f)
		}
	}
	if f, ok := ParseFault("from-the-future"); ok || f != NoFault {
		t.Errorf("an unknown code is fault %d", f)
	}
	if f, ok := ParseFault(""); ok {
		t.Errorf("no code is fault %d", f)
	}
}

// TestD15_EveryReasonIsDeclared: number, severity, owner, what it blocks and the next step.
func TestD15_EveryReasonIsDeclared(t *testing.T) {
	for r := NotMyNumberCard; r <= Superseded; r++ {
		i, ok := r.Info()
		switch {
		case !ok:
			t.Errorf("reason %d is not declared", r)
		case i.Severity < SeverityNote || i.Severity > SeverityAlarm || i.Owner < OwnerResident ||
			i.Owner > OwnerMunicipality || i.Blocks < BlocksKind || i.Blocks > BlocksService:
			t.Errorf("%s: %+v", r, i)
		case !strings.HasPrefix(i.Next, "next."):
			t.Errorf("%s: no next step", r)
		case (i.Severity == SeverityAlarm) != (i.Blocks == BlocksService):
			t.Errorf("%s: what stops everybody is an alarm, and the other way round", r)
		}
	}
	if _, ok := NoRefusal.Info(); ok {
		t.Error("no refusal is declared as one")
	}
}
