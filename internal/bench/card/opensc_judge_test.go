//go:build judge

package card_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	benchcard "github.com/kioskd/kioskd/internal/bench/card"
	"github.com/kioskd/kioskd/pkg/card/cardtest"
)

// run runs a foreign program against the reader. Its pass or fail is the program's, its output both streams'.
func run(t *testing.T, r *benchcard.Reader, name string, args ...string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, name, args...)
	c.Env = r.Environ()
	out, err := c.CombinedOutput()
	return string(out), err
}

func must(t *testing.T, r *benchcard.Reader, name string, args ...string) string {
	t.Helper()
	out, err := run(t, r, name, args...)
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return out
}

func contains(t *testing.T, out string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(out, w) {
			t.Errorf("no %q in\n%s", w, out)
		}
	}
}

func TestOpenSCSeesTheCard(t *testing.T) {
	t.Parallel()
	r := start(t)
	insert(t, r, config())
	t.Run("reader_with_card", func(t *testing.T) {
		out := must(t, r, "opensc-tool", "-l")
		if !regexp.MustCompile(`(?m)^0\s+Yes\s.*Virtual PCD 00 00`).MatchString(out) {
			t.Error(out)
		}
	})
	t.Run("answer_to_reset", func(t *testing.T) {
		contains(t, must(t, r, "opensc-tool", "-r", "0", "-a"), "3b:88:80:01:00:00:05:e0:b3:81:a1:00:7f")
	})
	t.Run("driver_by_the_application_alone", func(t *testing.T) {
		contains(t, must(t, r, "opensc-tool", "-r", "0", "-n"), "jpki")
	})
	t.Run("counter_of_the_pin", func(t *testing.T) {
		out := must(t, r, "opensc-tool", "-r", "0",
			"-s", "00A4040C0AD392F000260100000001", "-s", "00A4020C020018", "-s", "00200080")
		contains(t, out, "SW1=0x63, SW2=0xC3")
		if n := strings.Count(out, "SW1=0x90, SW2=0x00"); n != 2 {
			t.Errorf("%d × 9000, want 2\n%s", n, out)
		}
	})
	t.Run("objects", func(t *testing.T) {
		out := must(t, r, "pkcs15-tool", "--reader", "0", "-D")
		contains(t, out, "Tries left     : 3", "Tries left     : 5", "ModLength      : 2048", "Path           : 000a")
		if n := strings.Count(out, "Private RSA Key"); n != 2 {
			t.Errorf("%d private keys, want 2\n%s", n, out)
		}
	})
}

func TestOpenSCReadsCertificates(t *testing.T) {
	t.Parallel()
	r := start(t)
	c := config()
	insert(t, r, c)
	for id, der := range map[string][]byte{"1": c.AuthCert, "3": c.AuthCA, "4": c.SignCA} {
		out := must(t, r, "pkcs15-tool", "--reader", "0", "--read-certificate", id)
		if !bytes.Equal(derOf(t, out), der) {
			t.Errorf("certificate %s is another", id)
		}
	}
	if out, err := run(t, r, "pkcs15-tool", "--reader", "0", "--read-certificate", "2"); err == nil {
		t.Errorf("the signature certificate without its password:\n%s", out)
	}
	out := must(t, r, "pkcs15-tool", "--reader", "0", "--read-certificate", "2",
		"--auth-id", "2", "--verify-pin", "--pin", "ABC123")
	if !bytes.Equal(derOf(t, out), c.SignCert) {
		t.Error("certificate 2 is another")
	}
}

// derOf lets openssl turn the PEM in a program's output into DER.
func derOf(t *testing.T, out string) []byte {
	t.Helper()
	_, pem, ok := strings.Cut(out, "-----BEGIN CERTIFICATE-----")
	if !ok {
		t.Fatal(out)
	}
	c := exec.CommandContext(t.Context(), "openssl", "x509", "-outform", "DER")
	c.Stdin = strings.NewReader("-----BEGIN CERTIFICATE-----" + pem)
	der, err := c.Output()
	if err != nil {
		t.Fatal(err, out)
	}
	return der
}

func module(t *testing.T) string {
	t.Helper()
	found, err := filepath.Glob("/usr/lib/*/opensc-pkcs11.so")
	if err != nil || len(found) == 0 {
		t.Fatal("opensc-pkcs11 is not installed")
	}
	return found[0]
}

func TestOpenSCSigns(t *testing.T) {
	t.Parallel()
	r := start(t)
	c := config()
	k := insert(t, r, c)
	m := module(t)
	dir := t.TempDir()
	file := func(name string) string { return filepath.Join(dir, name) }
	message := []byte("a message for the card")
	write(t, file("msg"), message)
	sum := sha256.Sum256(message)
	write(t, file("sha"), sum[:])
	write(t, file("cert"), c.AuthCert)
	pub := must(t, r, "openssl", "x509", "-inform", "DER", "-in", file("cert"), "-pubkey", "-noout")
	write(t, file("pub"), []byte(pub))

	contains(t, must(t, r, "pkcs11-tool", "--module", m, "-L"), "Slot 0", "Slot 1", "pin min/max        : 4/4")
	out := must(t, r, "pkcs11-tool", "--module", m, "--slot-index", "0", "-O")
	if n := strings.Count(out, "Certificate Object"); n < 3 {
		t.Errorf("%d certificates without login, want 3\n%s", n, out)
	}
	verify := func(name, signature string) {
		t.Helper()
		contains(t, must(t, r, "openssl", "dgst", "-sha256", "-verify", file("pub"), "-signature", signature, file("msg")),
			"Verified OK")
		if _, err := run(t, r, "openssl", "dgst", "-sha256", "-verify", file("pub"), "-signature", signature,
			file("sha")); err == nil {
			t.Errorf("%s: the signature fits another message too", name)
		}
	}
	must(t, r, "pkcs11-tool", "--module", m, "--slot-index", "0", "--login", "--pin", "1234",
		"--sign", "--id", "01", "-m", "SHA256-RSA-PKCS", "-i", file("msg"), "-o", file("sig1"))
	verify("pkcs11-tool", file("sig1"))
	must(t, r, "pkcs15-crypt", "--reader", "0", "--sign", "--key", "1", "--sha-256", "--pkcs1", "--raw",
		"--input", file("sha"), "--output", file("sig2"), "--pin", "1234")
	verify("pkcs15-crypt", file("sig2"))
	must(t, r, "pkcs11-tool", "--module", m, "--slot-index", "0", "--login", "--pin", "1234", "--test")
	if n := k.Stats().Signatures; n < 2 {
		t.Errorf("the card made %d signatures", n)
	}
}

func write(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestOpenSCBlocksThePIN(t *testing.T) {
	t.Parallel()
	r := start(t)
	k := insert(t, r, config())
	login := func(pin string) (string, error) {
		return run(t, r, "pkcs11-tool", "--module", module(t), "--slot-index", "0", "--login", "--pin", pin, "-O")
	}
	for left := 2; left >= 0; left-- {
		out, err := login("9999")
		if err == nil {
			t.Error("a wrong PIN was taken")
		}
		contains(t, out, "CKR_PIN_INCORRECT")
		if n := k.Stats().TriesLeft; n != left {
			t.Errorf("%d tries left, want %d", n, left)
		}
	}
	if out, err := login("1234"); err == nil {
		t.Errorf("a blocked PIN was taken\n%s", out)
	}
	contains(t, must(t, r, "pkcs15-tool", "--reader", "0", "--list-pins"), "Tries left     : 0")
}

// Negative control: OpenSC is a judge only if it refuses a card that is wrong.
func TestOpenSCRefusesAWrongEmulator(t *testing.T) {
	t.Parallel()
	r := start(t)
	c := config()
	c.Quirks.QueryAlwaysOK = true
	insert(t, r, c)
	if out, err := run(t, r, "pkcs15-tool", "--reader", "0", "-D"); err == nil {
		t.Errorf("a card that answers the empty VERIFY with 9000 was taken\n%s", out)
	}
	if err := r.Remove(); err != nil {
		t.Fatal(err)
	}
	insert(t, r, cardtest.Config{NotMyNumber: true})
	if out := must(t, r, "opensc-tool", "-r", "0", "-n"); strings.Contains(out, "jpki") {
		t.Errorf("a card without the application was taken\n%s", out)
	}
}

func TestScriptorAgrees(t *testing.T) {
	t.Parallel()
	r := start(t)
	insert(t, r, config())
	c := exec.CommandContext(t.Context(), "scriptor", "-r", benchcard.Name)
	c.Env = r.Environ()
	c.Stdin = strings.NewReader("00A4040C0AD392F000260100000001\n00A4020C020018\n00200080\n")
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	contains(t, string(out), "63 C3")
}
