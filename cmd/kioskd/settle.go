package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/acts"
	"github.com/kioskd/kioskd/internal/terminal/journal"
)

// refundFlags are those of `kioskd ledger settle`.
type refundFlags struct {
	slip, staff, from string
	code, off         bool
}

func (f *refundFlags) define(flags *flag.FlagSet) {
	flags.StringVar(&f.slip, "slip", "", "number of a slip")
	flags.StringVar(&f.staff, "staff", "", "ids of one or two of the staff, with a comma between")
	flags.StringVar(&f.from, "from", "cash", "whose coins paid: cash of the shop, or custody of the clerk")
	flags.BoolVar(&f.code, "code", false, "ask for the claim code")
	flags.BoolVar(&f.off, "off", false, "nothing was paid, and nothing will be")
}

// settle closes a slip at a kiosk that stands still, as the clerk does in front of a running one. Nothing moves by
// itself: who pays does so by hand, after this said how much. Beside a running kioskd it refuses, as the file is held.
func (l ledger) settle(ctx context.Context, at time.Time) error {
	r := journal.Refund{Slip: strings.TrimSpace(l.refund.slip), WriteOff: l.refund.off}
	staff := strings.Split(l.refund.staff, ",")
	if r.Slip == "" || len(staff) > len(r.Staff) || l.refund.from != "cash" && l.refund.from != "custody" {
		return errors.New(ledgerUsage)
	}
	copy(r.Staff[:], staff)
	if l.signer == nil {
		return errors.New("kioskd: settle wants -config: the claim code is checked under the kiosk's own key")
	}
	if l.refund.code { // not as an argument, which every program of the machine may read
		fmt.Fprint(l.note, "claim code: ")
		line, err := bufio.NewReader(l.in).ReadString('\n')
		if r.Code = strings.TrimSpace(line); r.Code == "" {
			return fmt.Errorf("kioskd: no claim code (%w)", err)
		}
	}
	if _, err := os.Stat(l.path); err != nil { // opening would make one
		return fmt.Errorf("kioskd: %w", err)
	}
	j, err := journal.Open(ctx, l.path, domain.BootID{ID: domain.NewID()}, journal.Of(l.kiosk, l.key),
		journal.SignedBy(l.signer, l.config))
	if err != nil {
		return err
	}
	return errors.Join(l.pay(ctx, j, at, r), j.Close())
}

func (l ledger) pay(ctx context.Context, j *journal.Journal, at time.Time, r journal.Refund) error {
	if l.refund.from == "custody" && !r.WriteOff {
		o, err := j.Owing(ctx, r.Slip)
		if err != nil {
			return err
		}
		b, err := j.Balances(ctx)
		if err != nil {
			return err
		}
		if r.Coins, err = acts.Custody(b, o.Yen); err != nil {
			return err
		}
	}
	yen, err := j.Settle(ctx, at, r)
	switch {
	case err != nil:
		return err
	case r.WriteOff:
		_, err = fmt.Fprintf(l.out, "slip %s is closed: ¥%d are written off; pay nothing\n", r.Slip, yen)
	case r.Coins.IsZero():
		_, err = fmt.Fprintf(l.out, "slip %s is closed: pay ¥%d from the shop's cash now\n", r.Slip, yen)
	default:
		_, err = fmt.Fprintf(l.out, "slip %s is closed: pay ¥%d now, in %v of ¥10, ¥50, ¥100, ¥500\n", r.Slip, yen,
			r.Coins)
	}
	return err
}
