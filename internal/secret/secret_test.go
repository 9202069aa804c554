package secret

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"sync"
	"testing"
)

const pinNeedle = "4719"

// pinShown finds the PIN alone: the same four digits inside an address are chance.
var pinShown = regexp.MustCompile(`(^|[^0-9A-Fa-f])` + pinNeedle + `($|[^0-9A-Fa-f])`)

func filledPIN(t *testing.T) *PIN {
	t.Helper()
	p := NewPIN()
	t.Cleanup(p.Wipe)
	for _, d := range []byte(pinNeedle) {
		if err := p.Append(d); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

func TestPIN_takes_four_digits_and_no_more(t *testing.T) {
	p := filledPIN(t)
	if err := p.Append('1'); !errors.Is(err, ErrPINFull) {
		t.Errorf("fifth digit: %v", err)
	}
	if err := p.Append('a'); !errors.Is(err, ErrNotDigit) {
		t.Errorf("letter: %v", err)
	}
	var got [8]byte
	if n := p.CopyTo(got[:]); n != 4 || string(got[:4]) != pinNeedle {
		t.Errorf("CopyTo gave %d digits, %q", n, got[:n])
	}
}

func TestPIN_delete_clear_and_wipe_leave_nothing(t *testing.T) {
	p := filledPIN(t)
	memory := p.page.memory.bytes
	p.Delete()
	if p.Len() != 3 || memory[3] != 0 {
		t.Errorf("after Delete: length %d, byte %d", p.Len(), memory[3])
	}
	p.Clear()
	if p.Len() != 0 || !bytes.Equal(memory, make([]byte, len(memory))) {
		t.Error("after Clear digits are still in the page")
	}
	p.Delete()
	if p.Len() != 0 {
		t.Error("Delete on an empty PIN changed it")
	}
	p.Wipe()
	p.Wipe()
	if p.Len() != 0 || p.CopyTo(make([]byte, 4)) != 0 {
		t.Error("a wiped PIN still has digits")
	}
	if err := p.Append('1'); err != nil || p.Len() != 1 {
		t.Errorf("a wiped PIN cannot be used again: %v", err)
	}
}

// holder shows what fmt and slog do with secrets in fields, at depth.
type holder struct {
	P  *PIN
	V  PIN
	p  *PIN
	v  PIN
	D  Doc
	d  Doc
	T  Text
	t  Text
	A  *Arena
	in *holder
	In *holder
}

func everyPrint(v any) string {
	var out strings.Builder
	for _, verb := range []string{"v", "+v", "#v", "s", "q", "x", "X", "d", "T", "c", "U", "t"} {
		fmt.Fprintf(&out, "%"+verb+"\n", v)
	}
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "v", v)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "v", v)
	b, err := json.Marshal(v)
	fmt.Fprintf(&out, "%s %v\n", b, err)
	return out.String()
}

func TestR25_no_print_shows_a_secret(t *testing.T) {
	p, arena := filledPIN(t), NewArena()
	defer arena.Wipe()
	doc, err := arena.Put([]byte("needle-in-doc"))
	if err != nil {
		t.Fatal(err)
	}
	text := NewText("needle-in-text")
	h := holder{P: p, V: *p, p: p, v: *p, D: doc, d: doc, T: text, t: text, A: arena}
	deep := holder{in: &h, In: &h}
	for name, v := range map[string]any{
		"pin": p, "pin value": *p, "doc": doc, "text": text, "arena": arena, "holder": h, "pointer": &h, "deep": deep,
	} {
		shown := everyPrint(v)
		hex := fmt.Sprintf("%x", "needle")
		for _, needle := range []string{"needle", hex, "[52 55 49 57", "52 55 49"} {
			if strings.Contains(shown, needle) {
				t.Errorf("%s: %q is shown in:\n%s", name, needle, shown)
			}
		}
		if pinShown.MatchString(shown) {
			t.Errorf("%s: the PIN is shown in:\n%s", name, shown)
		}
	}
	if got := p.String() + p.GoString() + fmt.Sprintf("%s%d%#v", p, *p, p); got != strings.Repeat("[PIN]", 5) {
		t.Errorf("PIN prints as %q", got)
	}
}

func TestR25_control_a_plain_string_is_found(t *testing.T) {
	type careless struct{ pin string }
	if !pinShown.MatchString(everyPrint(careless{pinNeedle})) {
		t.Error("the search would not notice a PIN that is printed")
	}
	if address := "0xe" + pinNeedle + "82c00"; pinShown.MatchString(address) {
		t.Errorf("the search takes the address %s for a PIN", address)
	}
}

func TestArena_put_moves_the_bytes(t *testing.T) {
	arena := NewArena()
	source := []byte("pages of one resident")
	doc, err := arena.Put(source)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(source, make([]byte, len(source))) {
		t.Error("the source still holds the bytes")
	}
	if !doc.View(func(b []byte) {
		if string(b) != "pages of one resident" {
			t.Errorf("the arena holds %q", b)
		}
	}) {
		t.Error("the document is not there")
	}
	arena.Wipe()
	if doc.View(func([]byte) { t.Error("a wiped document was shown") }) || doc.Len() != 0 || arena.Len() != 0 {
		t.Error("a wiped arena still says that it holds something")
	}
	if _, err := arena.Put([]byte{1}); !errors.Is(err, ErrArenaWiped) {
		t.Errorf("put after wipe: %v", err)
	}
}

func TestArena_limit_is_kept(t *testing.T) {
	arena := NewArena()
	defer arena.Wipe()
	if _, err := arena.Alloc(ArenaLimit + 1); !errors.Is(err, ErrArenaFull) {
		t.Errorf("one byte too many: %v", err)
	}
	if _, err := arena.Alloc(-1); err == nil {
		t.Error("a negative size was taken")
	}
}

func TestArena_wipe_waits_for_viewers(t *testing.T) {
	arena := NewArena()
	doc, err := arena.Put([]byte("seen to the end"))
	if err != nil {
		t.Fatal(err)
	}
	looking, goOn := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		doc.View(func(b []byte) {
			close(looking)
			<-goOn
			if string(b) != "seen to the end" {
				t.Errorf("wiped under a viewer: %q", b)
			}
		})
	})
	<-looking
	wg.Go(arena.Wipe)
	close(goOn)
	wg.Wait()
	if doc.Len() != 0 {
		t.Error("not wiped in the end")
	}
}
