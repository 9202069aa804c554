//go:build judge

package e2e

import (
	"bytes"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/kioskd/kioskd/internal/bench/resident"
	"github.com/kioskd/kioskd/internal/office/registry"
)

// TestOneTouchAsFingerAndMouseIsOneDigit enters the whole PIN so: a second digit anywhere would make it a wrong one.
func TestOneTouchAsFingerAndMouseIsOneDigit(t *testing.T) {
	w := shared(t)
	v := &visitor{script: resident.ToConfirm("tsuji")}
	v.script.At["EnterPIN"] = [][]resident.Act{{{Touch: "pin.submit"}}}
	v.tree = func(s resident.State, pad map[string]node) {
		if s.Session != "EnterPIN" {
			return
		}
		for _, id := range []string{"pin.5", "pin.clear"} { // by name, so that the screen is old enough for a touch
			if err := w.desk.Touch(t.Context(), id); err != nil {
				t.Error(err)
			}
		}
		for _, digit := range resident.PIN {
			w.both(t, pad["pin."+string(digit)])
		}
	}
	r := w.visit(t, v)
	if !r.Met("Confirm") || r.PINTouches != 1 || w.tries(t, "tsuji") != 3 {
		t.Errorf("passed %v, %d tries left", r.Passed(), w.tries(t, "tsuji"))
	}
}

// both is one touch of a panel whose driver says everything twice.
func (w *world) both(t *testing.T, n node) {
	t.Helper()
	for _, phase := range []string{"down", "up"} {
		for _, device := range []string{"finger", "mouse"} {
			w.post(t, "/api/pointer", map[string]any{
				"device": device, "phase": phase, "x": n.Rect.X + n.Rect.W/2, "y": n.Rect.Y + n.Rect.H/2,
			})
		}
	}
}

// TestLanguageOfAVisitEndsWithIt changes the language in the middle of a visit.
func TestLanguageOfAVisitEndsWithIt(t *testing.T) {
	w := shared(t)
	v := &visitor{script: resident.ToConfirm("hanako")}
	v.script.At["Copies"] = nil // english goes on
	titles := map[string]string{}
	v.tree = func(s resident.State, n map[string]node) {
		titles[s.Session] = n["title"].Text
		if s.Session == "Copies" && !w.soon(t, func() bool { return w.english(t) }) {
			t.Error("the screen never came in English")
		}
	}
	r := w.visit(t, v)
	if !r.Met("Confirm") || !ascii(titles["Confirm"]) || ascii(titles["Copies"]) {
		t.Errorf("passed %v, titles %q", r.Passed(), titles)
	}
	if s := w.state(t); ascii(w.panel(t, s)["title"].Text) {
		t.Error("the next person meets the last one's language")
	}
}

// english touches the way to English and on from there, as far as the panel takes touches now, and tells whether the
// next screen is reached.
func (w *world) english(t *testing.T) bool {
	t.Helper()
	var screen struct{ Screen, Lang string }
	w.call(t, http.MethodGet, "/api/screen.json", nil, &screen)
	way := []string{"lang_en", "language"} // the list is there, or it must be opened
	switch {
	case screen.Screen != "copies":
		return true
	case screen.Lang == "en":
		way = []string{"next"}
	}
	for _, id := range way {
		if err := w.desk.Touch(t.Context(), id); err == nil {
			break
		}
	}
	return false
}

func ascii(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}

// TestX09_TwoPeopleInARowNeverSeeEachOther: the holder lines are pictures, so the frames are compared.
func TestX09_TwoPeopleInARowNeverSeeEachOther(t *testing.T) {
	w := shared(t)
	frames := map[string]map[string][]byte{}
	for _, card := range []string{"hanako", "tsuji"} {
		frames[card] = map[string][]byte{}
		v := &visitor{script: resident.ToConfirm(card)}
		v.tree = func(s resident.State, n map[string]node) {
			png, err := w.desk.Bytes(t.Context(), "/api/screen.png")
			if err != nil {
				t.Fatal(err)
			}
			frames[card][s.Session] = png
			for _, name := range n {
				if s.Session == "Holder" && (name.says("花子") || name.says("辻")) {
					t.Errorf("the tree names %s: %+v", card, name)
				}
			}
		}
		w.visit(t, v)
	}
	mine, theirs := frames["tsuji"], frames["hanako"]
	if len(mine["Holder"]) == 0 || bytes.Equal(mine["Holder"], theirs["Holder"]) {
		t.Error("two people, one holder line")
	}
	if !bytes.Equal(mine["Consent"], theirs["Consent"]) { // the control: nothing else differs
		t.Error("the first screens differ, so that this test shows nothing")
	}
}

func TestX01_KillLeavesNoVisitAndNoPower(t *testing.T) {
	w := shared(t)
	for _, state := range []string{"RemoveCard", "Copies"} {
		t.Run(state, func(t *testing.T) {
			script := resident.ToConfirm("omori")
			script.Patience = 10 * time.Second
			r, err := resident.Run(t.Context(), w.desk, script, resident.Watch{Arrived: func(s resident.State) error {
				if s.Session == state {
					return errEnded
				}
				return nil
			}})
			if err == nil || len(r.Refusals) != 0 {
				t.Fatalf("never at %s: passed %v, refusals %v", state, r.Passed(), r.Refusals)
			}
			if now := w.anew(t); now.Visits != 0 || now.Outcome != "" {
				t.Errorf("%d visits, outcome %q after the start", now.Visits, now.Outcome)
			}
		})
	}
	w.fine(t)
}

// needles are what no log and no database may hold: PINs as digits of a command, and whoever is in the registry.
func needles() [][]byte {
	list := [][]byte{
		[]byte("\x00\x20\x00\x80\x041234"), []byte("00200080043132"), []byte("31323334"), []byte(`"1234"`),
	}
	for _, r := range registry.New().Residents() {
		for _, text := range []string{r.Name.Text, r.Name.Furigana, r.Alias.Text, r.MyNumber, r.Domicile} {
			if utf8.RuneCountInString(text) < 4 { // shorter ones stand in random bytes by chance
				continue
			}
			list = append(list, []byte(text), wide(text))
		}
	}
	return list
}

// wide is UTF-16, little-endian.
func wide(text string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(text)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return b
}

// residue lists what is found in the logs and databases below a folder, and how many files were read.
func residue(t *testing.T, dir string) (found []string, files int) {
	t.Helper()
	all := needles()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		name := filepath.Base(path)
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".log") && !strings.Contains(name, ".db") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		for _, n := range all {
			if bytes.Contains(text, n) {
				found = append(found, name+": "+string(n))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found, files
}

func TestX24_X25_LogsAndDatabasesHoldNobody(t *testing.T) {
	w := shared(t)
	for _, script := range []resident.Script{wrongOnce("omori"), resident.ToConfirm("maria")} {
		w.visit(t, &visitor{script: script})
	}
	if found, files := residue(t, w.dir); len(found) != 0 || files < 6 {
		t.Errorf("%d files hold %q", files, found)
	}
}

func TestX24_ALeakWouldBeFound(t *testing.T) {
	t.Parallel()
	for name, leak := range map[string][]byte{
		"pin": []byte("x\x00\x20\x00\x80\x041234y"), "name": []byte("大森　太一"), "wide": wide("オオモリ　タイチ"),
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "centerd.db-wal"), leak, 0o600); err != nil {
			t.Fatal(err)
		}
		if found, files := residue(t, dir); len(found) == 0 || files != 1 {
			t.Errorf("%s: nothing found in %d files", name, files)
		}
	}
}
