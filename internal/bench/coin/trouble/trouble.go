// Package trouble is all that can be made to go wrong with the simulated coin vendor, as data: a table that the desk
// shows to a person, by which it reads what was chosen, and in whose words the simulator is told.
//
// Who calls it: internal/bench/coin/still, which makes the faults happen, and the desk. It does nothing itself.
package trouble

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// Fault is one thing to go wrong. What is left out is 0.
type Fault struct {
	Do     string `json:"do"`
	Device byte   `json:"device,omitempty"` // ccTalk address; 0 is any
	Header byte   `json:"header,omitempty"` // ccTalk header of a command
	Yen    int    `json:"yen,omitempty"`    // which hopper
	Code   byte   `json:"code,omitempty"`   // event, fault or number, as the kind says
	After  int    `json:"after,omitempty"`  // occasions that still go well
	Byte   int    `json:"byte,omitempty"`   // after so many bytes on the line from now, both ways together
	Ms     int    `json:"ms,omitempty"`     // how long
	Pieces int    `json:"pieces,omitempty"` // coins
	Hex    string `json:"hex,omitempty"`    // bytes
}

// Words are what a kind or a parameter is called, by language.
type Words struct {
	JA string `json:"ja"`
	EN string `json:"en"`
}

// Kind is one kind of fault.
type Kind struct {
	Do      string  `json:"do"`
	Words   Words   `json:"words"`
	Lasting bool    `json:"lasting"` // until it is cleared; else it happens once, though a jam that it leaves stays
	Takes   []Param `json:"takes"`
	// OneOf are the parameters of which exactly one must be given.
	OneOf []string `json:"one_of,omitempty"`
}

// Param is one parameter of a kind.
type Param struct {
	Name  string `json:"name"` // the field of Fault
	Words Words  `json:"words"`
	Least int    `json:"least"`
	Most  int    `json:"most"`
	Of    []int  `json:"of,omitempty"`    // only these, if there are any
	Usual int    `json:"usual,omitempty"` // what it is if it is left out
	Must  bool   `json:"must,omitempty"`
	Text  bool   `json:"text,omitempty"` // bytes in hex, Least to Most of them
}

// Find gives the kind of a name.
func Find(do string) (Kind, bool) {
	i := slices.IndexFunc(Kinds, func(k Kind) bool { return k.Do == do })
	if i < 0 {
		return Kind{}, false
	}
	return Kinds[i], true
}

// numbers are the number fields of a fault by their names.
func (f *Fault) numbers() map[string]int {
	return map[string]int{
		"device": int(f.Device), "header": int(f.Header), "yen": f.Yen, "code": int(f.Code), "after": f.After,
		"byte": f.Byte, "ms": f.Ms, "pieces": f.Pieces,
	}
}

// Check says what is wrong with a fault and what would be right, and fills in what is usual. devices are the addresses
// on the line.
func (f Fault) Check(devices []byte) (Fault, error) {
	k, ok := Find(f.Do)
	if !ok {
		names := []string{}
		for _, k := range Kinds {
			names = append(names, k.Do)
		}
		slices.Sort(names)
		return f, fmt.Errorf("bench/coin: there is no fault %q; there are %s", f.Do, strings.Join(names, ", "))
	}
	for name, n := range f.numbers() {
		if err := k.number(name, n); err != nil {
			return f, err
		}
	}
	if err := k.text(f.Hex); err != nil {
		return f, err
	}
	if len(k.OneOf) > 0 {
		given := 0
		for _, name := range k.OneOf {
			if f.numbers()[name] != 0 {
				given++
			}
		}
		if given != 1 {
			return f, fmt.Errorf("bench/coin: fault %q takes exactly one of %s; %s", f.Do,
				strings.Join(k.OneOf, ", "), k)
		}
	}
	if f.Device != 0 && !slices.Contains(devices, f.Device) {
		return f, fmt.Errorf("bench/coin: there is no device %d; there are %d", f.Device, devices)
	}
	return f.usual(k), nil
}

// number verifies one number.
func (k Kind) number(name string, n int) error {
	i := slices.IndexFunc(k.Takes, func(p Param) bool { return p.Name == name && !p.Text })
	switch {
	case i < 0 && n == 0:
		return nil
	case i < 0:
		return fmt.Errorf("bench/coin: fault %q takes no %s; %s", k.Do, name, k)
	}
	p := k.Takes[i]
	switch {
	case n == 0 && !p.Must:
		return nil
	case n == 0:
		return fmt.Errorf("bench/coin: fault %q needs %s; %s", k.Do, name, k)
	case len(p.Of) > 0 && !slices.Contains(p.Of, n):
		return fmt.Errorf("bench/coin: %s is one of %v, not %d", name, p.Of, n)
	case n < p.Least || n > p.Most:
		return fmt.Errorf("bench/coin: %s is %d to %d, not %d", name, p.Least, p.Most, n)
	}
	return nil
}

// text verifies the bytes.
func (k Kind) text(text string) error {
	i := slices.IndexFunc(k.Takes, func(p Param) bool { return p.Text })
	if i < 0 && text == "" {
		return nil
	}
	if i < 0 {
		return fmt.Errorf("bench/coin: fault %q takes no hex; %s", k.Do, k)
	}
	p := k.Takes[i]
	b, err := hex.DecodeString(text)
	if err != nil || len(b) < p.Least || len(b) > p.Most {
		return fmt.Errorf("bench/coin: %s is %d to %d bytes in hex, two digits each, not %q", p.Name, p.Least, p.Most, text)
	}
	return nil
}

// usual fills in what was left out.
func (f Fault) usual(k Kind) Fault {
	for _, p := range k.Takes {
		if p.Usual == 0 || f.numbers()[p.Name] != 0 {
			continue
		}
		switch p.Name {
		case "code":
			f.Code = byte(p.Usual)
		case "ms":
			f.Ms = p.Usual
		case "pieces":
			f.Pieces = p.Usual
		}
	}
	return f
}

// String says what a kind takes.
func (k Kind) String() string {
	if len(k.Takes) == 0 {
		return "it takes nothing"
	}
	all := []string{}
	for _, p := range k.Takes {
		all = append(all, p.String())
	}
	return "it takes " + strings.Join(all, ", ")
}

// String says what a parameter may be.
func (p Param) String() string {
	switch {
	case p.Text:
		return fmt.Sprintf("%s (%d to %d bytes)", p.Name, p.Least, p.Most)
	case len(p.Of) > 0:
		return fmt.Sprintf("%s (one of %v)", p.Name, p.Of)
	}
	return fmt.Sprintf("%s (%d to %d)", p.Name, p.Least, p.Most)
}
