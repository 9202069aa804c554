package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"text/tabwriter"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/kioskd/kioskd/internal/config"
	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/health"
	"github.com/kioskd/kioskd/internal/terminal/journal"
	"github.com/kioskd/kioskd/internal/terminal/journal/disk"
)

const ledgerUsage = `usage: kioskd ledger COMMAND -config FILE | -journal FILE
  verify         check the whole file, the books and the audit tree
  show [-json]   where the coins lie, whose the money is, what is owed
  export         every event, one JSON object a line
  settle -slip NUMBER -staff ID[,ID] [-code] [-from cash|custody] [-off]
                 close what is owed on a slip at a kiosk that stands still: it was paid from the shop's cash, or with
                 coins of the machine that lie in the clerk's hands; -code asks for the claim code, without it two of
                 the staff answer; -off writes the amount off, which takes two. Wants -config
  renew [-float N,N,N,N] [-epoch N]
                 keep the file under another name and begin a new one; -float is what was counted in the hoppers,
                 pieces of ¥10, ¥50, ¥100 and ¥500. The new one waits for the service key`

// ledger looks at a journal. Beside a running kioskd it reads the copy that the daemon leaves every hour, and says so.
type ledger struct {
	path   string
	json   bool
	counts domain.Count
	epoch  int64
	kiosk  domain.KioskID
	key    []byte
	signer note.Signer   // nil without a configuration
	public note.Verifier // its other half
	config string
	refund refundFlags
	in     io.Reader
	out    io.Writer
	note   io.Writer
}

func ledgerCommand(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return errors.New(ledgerUsage)
	}
	l := ledger{in: os.Stdin, out: os.Stdout, note: os.Stderr}
	flags := flag.NewFlagSet("kioskd ledger", flag.ContinueOnError)
	file := flags.String("config", "", "configuration file")
	flags.StringVar(&l.path, "journal", "", "the journal's file")
	flags.BoolVar(&l.json, "json", false, "JSON instead of a table")
	float := flags.String("float", "0,0,0,0", "pieces of ¥10, ¥50, ¥100, ¥500 in the hoppers")
	flags.Int64Var(&l.epoch, "epoch", 0, "epoch of the new store; 0: one more than every file that is kept here")
	l.refund.define(flags)
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	c := &l.counts
	if _, err := fmt.Sscanf(*float, "%d,%d,%d,%d", &c[0], &c[1], &c[2], &c[3]); err != nil {
		return fmt.Errorf("kioskd: -float: four numbers of pieces: %w", err)
	}
	if *file != "" {
		if err := l.configured(*file); err != nil {
			return err
		}
	}
	if l.path == "" {
		return errors.New(ledgerUsage)
	}
	switch args[0] {
	case "verify":
		return l.read(ctx, l.verify)
	case "show":
		return l.read(ctx, l.show)
	case "export":
		return l.read(ctx, l.export)
	case "settle":
		return l.settle(ctx, time.Now())
	case "renew":
		return l.renew(ctx, time.Now())
	default:
		return errors.New(ledgerUsage)
	}
}

// configured takes path, kiosk and keys from a configuration.
func (l *ledger) configured(file string) error {
	conf, err := config.Read(file)
	if err != nil {
		return err
	}
	if l.key, err = claimKey(conf.Keys.Note); err != nil {
		return err
	}
	if l.signer, l.public, err = noteKey(conf.Keys.Note); err != nil {
		return err
	}
	l.path, l.kiosk, l.config = conf.Journal.Path, domain.KioskID(conf.Kiosk), conf.Version
	return nil
}

// read opens the journal, or, where a kioskd holds it, the copy.
func (l ledger) read(ctx context.Context, do func(context.Context, *journal.Journal) error) error {
	if _, err := os.Stat(l.path); err != nil { // opening would make one
		return fmt.Errorf("kioskd: %w", err)
	}
	j, err := journal.Open(ctx, l.path, domain.BootID{}, journal.Of(l.kiosk, l.key))
	if journal.Owned.Wants(err) {
		info, statErr := os.Stat(journal.CopyOf(l.path))
		if statErr != nil {
			return fmt.Errorf("%w; and it has left no copy yet (%w)", err, statErr)
		}
		age := time.Since(info.ModTime()).Round(time.Second)
		if _, err := fmt.Fprintf(l.note, "kioskd runs: this is its copy, %s old\n", age); err != nil {
			return err
		}
		j, err = journal.Open(ctx, journal.CopyOf(l.path), domain.BootID{}, journal.Of(l.kiosk, l.key))
	}
	if err != nil {
		return err
	}
	return errors.Join(do(ctx, j), j.Close())
}

func (l ledger) verify(ctx context.Context, j *journal.Journal) error {
	if err := j.Check(ctx); err != nil {
		return err
	}
	size, err := j.VerifyTree(ctx)
	if err != nil {
		return err
	}
	if err := l.verifyHeads(ctx, j, size); err != nil {
		return err
	}
	_, err = fmt.Fprintf(l.out, "ok: the file is whole, the books add up, the audit tree is that of its %d events\n", size)
	return err
}

// verifyHeads says what the kiosk's signatures cover. They cannot show that the file was put back as it once was: only
// the heads that the centre has can.
func (l ledger) verifyHeads(ctx context.Context, j *journal.Journal, size int64) error {
	if l.public == nil {
		_, err := fmt.Fprintln(l.note, "the signatures of the heads were not looked at: that wants -config")
		return err
	}
	s, err := j.VerifyHeads(ctx, l.public)
	if err != nil {
		return err
	}
	sealed := "the run after it has not ended, or was cut off"
	if s.Sealed && s.Covered == size {
		sealed = "the run ended well"
	}
	_, err = fmt.Fprintf(l.out, "%d signed heads, %d unsigned; %d events are unsealed: %s\n", s.Signed, s.Unsigned,
		size-s.Covered, sealed)
	return err
}

// shown is what `show -json` prints; amounts are yen.
type shown struct {
	journal.Summary
	Coins map[journal.Account]domain.Count // pieces of ¥10, ¥50, ¥100, ¥500
	Open  []journal.Owed
	Stops []string
}

func (l ledger) show(ctx context.Context, j *journal.Journal) (err error) {
	var s shown
	if s.Summary, err = j.Summary(ctx); err != nil {
		return err
	}
	b, err := j.Balances(ctx)
	if err != nil {
		return err
	}
	s.Coins = b
	if s.Open, err = j.Slips(ctx, true); err != nil {
		return err
	}
	if s.Stops, err = j.Stops(ctx); err != nil {
		return err
	}
	if l.json {
		return json.NewEncoder(l.out).Encode(s)
	}
	w := tabwriter.NewWriter(l.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "journal of %s, store %d\n\t¥10\t¥50\t¥100\t¥500\tyen\t\n", s.Kiosk, s.Epoch)
	for _, a := range slices.Sorted(maps.Keys(s.Coins)) {
		c := s.Coins[a]
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t\n", a, c[0], c[1], c[2], c[3], c.Total())
	}
	for _, name := range slices.Sorted(maps.Keys(s.Claims)) {
		fmt.Fprintf(w, "%s\t\t\t\t\t%d\t\n", name, s.Claims[name])
	}
	for _, name := range slices.Sorted(maps.Keys(s.Outcomes)) {
		fmt.Fprintf(w, "visits %s\t\t\t\t\t%d\t\n", name, s.Outcomes[name])
	}
	for _, o := range s.Open {
		fmt.Fprintf(w, "owed %s\t\t\t\t\t%d\t\n", o.Number, o.Yen)
	}
	for _, stop := range s.Stops {
		fmt.Fprintf(w, "stop %s\t\t\t\t\t\t\n", stop)
	}
	return w.Flush()
}

func (l ledger) export(ctx context.Context, j *journal.Journal) error {
	w := bufio.NewWriter(l.out)
	e := json.NewEncoder(w)
	if err := j.Events(ctx, func(line journal.Line) error { return e.Encode(line) }); err != nil {
		return err
	}
	return w.Flush()
}

// renew is R-06: the file is kept, a new one begins with what a person counted, and only the service key ends the stop
// that stands in it.
func (l ledger) renew(ctx context.Context, at time.Time) (err error) {
	if old, err := journal.Open(ctx, l.path, domain.BootID{}); err == nil {
		if err := old.Close(); err != nil {
			return err
		}
	} else if journal.Owned.Wants(err) {
		return err
	}
	if l.epoch == 0 {
		before, err := filepath.Glob(l.path + ".kept-*Z")
		if err != nil {
			return err
		}
		l.epoch = int64(len(before)) + 2 // the first store was 1
	}
	kept, err := disk.Keep(l.path, at)
	if err != nil {
		return err
	}
	j, err := journal.Open(ctx, l.path, domain.BootID{}, journal.Of(l.kiosk, l.key), journal.Epoch(l.epoch))
	if err != nil {
		return err
	}
	err = j.RaiseStop(ctx, at, health.Renewed.String())
	if err == nil {
		err = j.Record(ctx, at, journal.Event{Type: "store.renewed", Body: []byte(filepath.Base(kept)), Moves: []journal.Move{
			{From: journal.World, To: journal.Hopper, Coins: l.counts},
		}})
	}
	if err = errors.Join(err, j.Close()); err != nil {
		return err
	}
	_, err = fmt.Fprintf(l.out, "the old journal is %s; the new one is store %d, and waits for the service key\n", kept,
		l.epoch)
	return err
}

// keepCopy leaves a copy of the journal now and every hour. A copy that fails is no fault of the journal.
func keepCopy(ctx context.Context, j *journal.Journal, log *slog.Logger) error {
	tick := time.NewTicker(time.Hour)
	defer tick.Stop()
	for {
		if err := j.Copy(ctx); err != nil && ctx.Err() == nil {
			log.Warn("no copy of the journal", "evt", "journal.copy", "err", err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}
