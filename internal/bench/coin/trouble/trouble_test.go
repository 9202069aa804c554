package trouble

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"
)

// given is a fault of a kind with each parameter at its least, as a person might choose it.
func given(k Kind) map[string]any {
	f := map[string]any{"do": k.Do}
	for _, p := range k.Takes {
		if len(k.OneOf) > 0 && slices.Contains(k.OneOf, p.Name) && p.Name != k.OneOf[0] {
			continue
		}
		switch {
		case p.Text:
			f[p.Name] = "4154"
		case len(p.Of) > 0:
			f[p.Name] = p.Of[0]
		case p.Name == "device":
			f[p.Name] = 3
		default:
			f[p.Name] = p.Least
		}
	}
	return f
}

// TestTheTableIsWhole: what the desk shows is what the reader takes, kind by kind and parameter by parameter.
func TestTheTableIsWhole(t *testing.T) {
	fields := map[string]bool{}
	for i := range reflect.TypeFor[Fault]().NumField() {
		name, _ := reflect.TypeFor[Fault]().Field(i).Tag.Lookup("json")
		fields[name] = true
	}
	seen := map[string]bool{}
	for _, k := range Kinds {
		if seen[k.Do] || k.Words.JA == "" || k.Words.EN == "" {
			t.Errorf("%q is there twice, or has no words", k.Do)
		}
		seen[k.Do] = true
		for _, p := range k.Takes {
			if !fields[p.Name+",omitempty"] || p.Words.JA == "" || p.Words.EN == "" || p.Least > p.Most {
				t.Errorf("%s: parameter %+v", k.Do, p)
			}
		}
		text, err := json.Marshal(given(k))
		if err != nil {
			t.Fatal(err)
		}
		var f Fault
		if err := json.Unmarshal(text, &f); err != nil {
			t.Fatal(err)
		}
		if _, err := f.Check([]byte{3}); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestEveryParameterIsHeldToItsRange(t *testing.T) {
	for _, k := range Kinds {
		for _, p := range k.Takes {
			if p.Text || p.Name == "device" && p.Most == 255 {
				continue // what is no number; what its field cannot hold
			}
			over := Fault{Do: k.Do, Device: 3, Header: 167, Byte: 1, Yen: 10, Ms: 1, Pieces: 1, Hex: "41"}
			switch p.Name {
			case "header":
				over.Header = 255
			case "yen":
				over.Yen = 20
			case "byte":
				over.Byte = p.Most + 1
			case "ms":
				over.Ms = p.Most + 1
			case "pieces":
				over.Pieces = p.Most + 1
			case "after":
				over.After = p.Most + 1
			case "code":
				continue // a byte: all but 0 is in its range
			}
			only := Fault{Do: k.Do}
			for _, q := range k.Takes { // nothing that the kind does not take, and one of those that exclude each other
				one := p.Name
				if len(k.OneOf) > 0 && !slices.Contains(k.OneOf, one) {
					one = k.OneOf[0]
				}
				if !slices.Contains(k.OneOf, q.Name) || q.Name == one {
					copyField(&only, over, q.Name)
				}
			}
			if _, err := only.Check([]byte{3}); err == nil {
				t.Errorf("%s took %+v", k.Do, only)
			}
		}
	}
}

func copyField(to *Fault, from Fault, name string) {
	a, b := reflect.ValueOf(to).Elem(), reflect.ValueOf(from)
	for i := range a.NumField() {
		if tag := a.Type().Field(i).Tag.Get("json"); tag == name+",omitempty" {
			a.Field(i).Set(b.Field(i))
		}
	}
}

func TestWhatIsLeftOutIsUsual(t *testing.T) {
	f, err := Fault{Do: LateCoin}.Check(nil)
	if err != nil || f.Ms != 30_000 {
		t.Errorf("%+v: %v", f, err)
	}
	if f, err = (Fault{Do: StickEscrow}).Check(nil); err != nil || f.Code != 1 {
		t.Errorf("%+v: %v", f, err)
	}
	if f, err = (Fault{Do: StickEscrow, Code: 3}).Check(nil); err != nil || f.Code != 3 {
		t.Errorf("%+v: %v", f, err)
	}
}
