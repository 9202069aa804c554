package signed

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kioskd/kioskd/internal/domain"
)

var update = flag.Bool("update", false, "write api/vectors anew")

var noon = time.Date(2026, 11, 25, 3, 0, 0, 0, time.UTC)

func hashOf(t testing.TB, b body) Hash {
	t.Helper()
	text, err := encode(b)
	if err != nil {
		t.Fatal(err)
	}
	return HashOf(text)
}

func sealed[T any, P Note[T]](t testing.TB, n T, s ...Signer) []byte {
	t.Helper()
	msg, _, err := Seal[T, P](n, s...)
	if err != nil {
		t.Fatal(err)
	}
	return msg
}

func TestNotesReadBackAsWritten(t *testing.T) {
	w := newWorld(t)
	a, _, err := Open[Assertion](sealed(t, w.assertion, w.center), w.ring, noon, RoleCenter)
	check(t, w.assertion, a, err)
	c, _, err := Open[Choices](sealed(t, w.choices, w.town), w.ring, noon, RoleMunicipality)
	check(t, w.choices, c, err)
	o, h, err := Open[Order](sealed(t, w.order, w.kiosk), w.ring, noon, RoleKiosk)
	check(t, w.order, o, err)
	if h != w.orderHash {
		t.Error("the hash of a note is not of its text")
	}
	m, _, err := Open[Manifest](sealed(t, w.manifest, w.town), w.ring, noon, RoleMunicipality)
	check(t, w.manifest, m, err)
	d, _, err := Open[Delivery](sealed(t, w.delivery, w.center), w.ring, noon, RoleCenter)
	check(t, w.delivery, d, err)
	f, _, err := Open[Done](sealed(t, w.done, w.kiosk), w.ring, noon.AddDate(0, 1, 0), RoleKiosk)
	check(t, w.done, f, err)
}

func check[T any](t *testing.T, want, got T, err error) {
	t.Helper()
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
}

func TestX17_RightSignerForTheRightThing(t *testing.T) {
	w := newWorld(t)
	stranger, _ := signerOf(t, RoleCenter, "x9", "test-center", 9, ThingAssertion)
	good := sealed(t, w.manifest, w.town)
	for name, msg := range map[string][]byte{
		"by the centre only":        sealed(t, w.manifest, w.center),
		"by another municipality":   sealed(t, w.manifest, w.other),
		"by nobody":                 sealed(t, w.manifest),
		"with a stranger's line":    sealed(t, w.manifest, w.town, stranger),
		"with another known signer": sealed(t, w.manifest, w.town, w.other),
		"a byte changed":            bytes.Replace(good, []byte("fee 400"), []byte("fee 410"), 1),
		"a doubled key":             bytes.Replace(good, []byte("fee 400\n"), []byte("fee 400\nfee 400\n"), 1),
		"CR":                        bytes.Replace(good, []byte("fee 400\n"), []byte("fee 400\r\n"), 1),
		"TAB":                       bytes.Replace(good, []byte("fee 400"), []byte("fee\t400"), 1),
		"a blank line":              bytes.Replace(good, []byte("fee 400\n"), []byte("\nfee 400\n"), 1),
		"another thing":             sealed(t, w.choices, w.town),
		"text after the signatures": append(bytes.Clone(good), []byte("more\n")...),
		"cut off":                   good[:len(good)/2],
		"empty":                     nil,
		"newer":                     bytes.Replace(good, []byte("manifest/1"), []byte("manifest/2"), 1),
	} {
		if _, _, err := Open[Manifest](msg, w.ring, noon, RoleMunicipality); err == nil {
			t.Errorf("%s: opened", name)
		}
	}
	if _, _, err := Open[Manifest](good, w.ring, noon, RoleMunicipality, RoleCenter); !errors.Is(err, ErrSignature) {
		t.Errorf("two roles were demanded, one signed: %v", err)
	}
	if _, _, err := Open[Manifest](good, w.ring, noon); !errors.Is(err, ErrSignature) {
		t.Errorf("no role was demanded: %v", err)
	}
	if _, _, err := Open[Manifest](good, Ring{Env: EnvProd, Keys: w.ring.Keys}, noon, RoleMunicipality); err == nil {
		t.Error("a test note was opened in production")
	}
}

func TestX17_KeysAreValidForThingsAndDays(t *testing.T) {
	w := newWorld(t)
	msg := sealed(t, w.delivery, w.center)
	for _, c := range []struct {
		name   string
		change func(*Key)
	}{
		{"other thing", func(k *Key) { k.Things = []Thing{ThingAssertion} }},
		{"over", func(k *Key) { k.Until = domain.Date{Year: 2026, Month: 11, Day: 24} }},
		{"not begun", func(k *Key) { k.From = domain.Date{Year: 2026, Month: 11, Day: 26} }},
		{"other environment", func(k *Key) { k.Env = EnvProd }},
		{"other holder", func(k *Key) { k.Holder = "other-center" }},
	} {
		ring := Ring{Env: EnvTest, Keys: append([]Key(nil), w.ring.Keys...)}
		c.change(&ring.Keys[0])
		if _, _, err := Open[Delivery](msg, ring, noon, RoleCenter); !errors.Is(err, ErrSignature) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	for at, want := range map[time.Time]error{
		noon.Add(-time.Minute): ErrExpired, noon.Add(time.Hour): ErrExpired, noon.Add(44 * time.Minute): nil,
	} {
		if _, _, err := Open[Delivery](msg, w.ring, at, RoleCenter); !errors.Is(err, want) {
			t.Errorf("at %v: %v", at, err)
		}
	}
}

func TestX16_KeysNeedTwoOfThreeHolders(t *testing.T) {
	w := newWorld(t)
	var signers [3]Signer
	anchors := Ring{Env: EnvTest}
	for i := range signers {
		s, k := signerOf(t, RoleKeys, fmt.Sprint("k", i+1), "none", byte(20+i), ThingKeys)
		signers[i], anchors.Keys = s, append(anchors.Keys, k)
	}
	list := Keys{Env: EnvTest, Sequence: 1, Keys: w.ring.Keys, Made: noon, Expires: noon.AddDate(1, 0, 0)}
	got, err := OpenKeys(sealed(t, list, signers[0], signers[2]), anchors, noon)
	check(t, list, got, err)
	if _, err := OpenKeys(sealed(t, list, signers[1]), anchors, noon); !errors.Is(err, ErrSignature) {
		t.Errorf("one holder was enough: %v", err)
	}
	if _, err := OpenKeys(sealed(t, list, signers[1], signers[1]), anchors, noon); err == nil {
		t.Error("one holder counted twice")
	}
	smuggled := list
	smuggled.Keys = append([]Key{anchors.Keys[0]}, list.Keys...)
	if _, err := OpenKeys(sealed(t, smuggled, signers[0], signers[1]), anchors, noon); err == nil {
		t.Error("a list of keys made a key holder")
	}
}

func TestD03_EveryDifferenceIsAMismatch(t *testing.T) {
	w := newWorld(t)
	all := func(w *world) []error {
		return []error{
			FitAssertion(w.assertion, w.challenge, w.challengeHash),
			FitChoices(w.choices, w.assertion, w.assertionHash, w.order.Application),
			FitOrder(w.order, w.choices, w.choicesHash),
			FitManifest(w.manifest, w.order, w.orderHash, w.choices, w.assertionHash),
			FitDelivery(w.delivery, w.manifest, w.manifestHash, "K-000001"),
		}
	}
	for i, err := range all(w) {
		if err != nil {
			t.Fatalf("the good chain breaks at %d: %v", i, err)
		}
	}
	other := domain.ApplicationID{ID: id(99)}
	for name, change := range map[string]func(*world){
		"assertion of another application": func(w *world) { w.assertion.Application = other },
		"assertion for another challenge":  func(w *world) { w.assertion.Challenge = Hash{1} },
		"status revoked":                   func(w *world) { w.assertion.Status = "revoked" },
		"choices of another person":        func(w *world) { w.choices.Subject.ID = id(98) },
		"choices of another application":   func(w *world) { w.choices.Application = other },
		"a kind that was refused":          func(w *world) { w.order.Kind = domain.SealRegistration; w.order.UnitFee = 0 },
		"a cheaper fee":                    func(w *world) { w.order.UnitFee = 100 },
		"a member not offered":             func(w *world) { w.order.Members = []string{"m1", "m9"} },
		"too many copies":                  func(w *world) { w.order.Copies = 11 },
		"manifest of another order":        func(w *world) { w.manifest.Order = Hash{1} },
		"manifest holder of another": func(w *world) {
			w.manifest.Holder = HolderOf(domain.Subject{ID: id(98)}, w.orderHash)
		},
		"one person too many": func(w *world) {
			w.manifest.Pages[0].Persons = append(w.manifest.Pages[0].Persons, w.choices.Members[1].Tag)
		},
		"another person": func(w *world) {
			w.manifest.Pages[0].Persons = []Tag{w.choices.Members[0].Tag, w.choices.Members[1].Tag}
		},
		"another fee":                  func(w *world) { w.manifest.Fee = 200 },
		"another tally":                func(w *world) { w.manifest.Tally = "00000000" },
		"delivery of another manifest": func(w *world) { w.delivery.Manifest = Hash{1} },
		"a sheet too few":              func(w *world) { w.delivery.Sheets = w.delivery.Sheets[:1] },
		"a sheet twice":                func(w *world) { w.delivery.Sheets[1].ID = w.delivery.Sheets[0].ID },
		"sheets out of order":          func(w *world) { w.delivery.Sheets[0].Copy, w.delivery.Sheets[1].Copy = 2, 1 },
		"another kiosk":                func(w *world) { w.delivery.Kiosk = "K-000002" },
	} {
		w := newWorld(t)
		change(w)
		found := false
		for _, err := range all(w) {
			if _, ok := errors.AsType[*MismatchError](err); ok {
				found = true
			}
		}
		if !found {
			t.Errorf("%s: nothing was seen", name)
		}
	}
}

func TestOrderRefusesAWrongTotal(t *testing.T) {
	w := newWorld(t)
	for name, change := range map[string]func(*Order){
		"total": func(o *Order) { o.TotalFee = 200 }, "no copy": func(o *Order) { o.Copies, o.TotalFee = 0, 0 },
		"unsorted": func(o *Order) { o.Options[0], o.Options[1] = o.Options[1], o.Options[0] },
		"twice":    func(o *Order) { o.Options[1].Code = o.Options[0].Code },
		"space":    func(o *Order) { o.Config = "a b" },
	} {
		o := w.order
		o.Options = append([]domain.Option(nil), o.Options...)
		change(&o)
		if _, _, err := Seal(o, w.kiosk); err == nil {
			t.Errorf("%s: sealed", name)
		}
	}
}

// TestVectors holds api/vectors against the code: texts byte by byte, hashes, and messages by fixed test keys.
func TestVectors(t *testing.T) {
	w := newWorld(t)
	text, err := w.challenge.Text()
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{
		"challenge.txt": text, "assertion.note": sealed(t, w.assertion, w.center),
		"choices.note": sealed(t, w.choices, w.town), "order.note": sealed(t, w.order, w.kiosk),
		"manifest.note": sealed(t, w.manifest, w.town), "delivery.note": sealed(t, w.delivery, w.center),
		"done.note": sealed(t, w.done, w.kiosk),
	}
	var keys strings.Builder
	for _, k := range w.ring.Keys {
		fmt.Fprintf(&keys, "%s %x\n", k.Name, k.Public)
	}
	files["keys.txt"] = []byte(keys.String())
	var sums strings.Builder
	for _, name := range []string{
		"challenge.txt", "assertion.note", "choices.note", "order.note", "manifest.note", "delivery.note", "done.note",
	} {
		text := files[name]
		if strings.HasSuffix(name, ".note") {
			text, _, _ = split(text)
		}
		fmt.Fprintf(&sums, "%x %s\n", sha256.Sum256(text), name)
	}
	files["hashes.txt"] = []byte(sums.String())
	for name, want := range files {
		path := filepath.Join("..", "..", "api", "vectors", name)
		if *update {
			if err := os.WriteFile(path, want, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		have, err := os.ReadFile(path)
		if err != nil || !bytes.Equal(have, want) {
			t.Errorf("%s differs from the code (%v)", name, err)
		}
	}
}

func FuzzOpenManifest(f *testing.F) {
	w := newWorld(f)
	good := sealed(f, w.manifest, w.town)
	f.Add(good)
	f.Add([]byte("kioskd/manifest/1\n\n— x y\n"))
	f.Fuzz(func(t *testing.T, msg []byte) {
		m, hash, err := Open[Manifest](msg, w.ring, noon, RoleMunicipality)
		if err == nil && hash != w.manifestHash {
			t.Fatalf("a forged manifest was opened: %+v", m)
		}
		var back Manifest
		if decode(msg, &back) == nil {
			again, err := encode(&back)
			if err != nil || !bytes.Equal(again, msg) {
				t.Fatalf("reads back differently: %v", err)
			}
		}
	})
}
