package main

import (
	"context"
	"errors"
	"fmt"
	"image"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/kioskd/kioskd/internal/config"
	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal"
	"github.com/kioskd/kioskd/internal/terminal/hand"
	"github.com/kioskd/kioskd/internal/terminal/health"
	"github.com/kioskd/kioskd/internal/terminal/journal"
	"github.com/kioskd/kioskd/internal/terminal/pages"
	"github.com/kioskd/kioskd/internal/terminal/ports"
	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/internal/wire/centerapi"
	"github.com/kioskd/kioskd/locales"
	"github.com/kioskd/kioskd/pkg/card/cardpipe"
	"github.com/kioskd/kioskd/pkg/coin"
	"github.com/kioskd/kioskd/ui"
	"github.com/kioskd/kioskd/ui/kit"
	"github.com/kioskd/kioskd/ui/paint"
	"github.com/kioskd/kioskd/ui/screen"
	"github.com/kioskd/kioskd/ui/sdl"
)

// kiosk joins the terminal with its panel, reader and centre.
type kiosk struct {
	config   config.Kiosk
	log      *slog.Logger
	start    time.Time
	now      func() time.Time
	app      *ui.App
	panel    *panel
	reader   *cardpipe.Child
	terminal *terminal.Terminal
	journal  *journal.Journal
	devices  devices
	pages    *pages.Pages
}

// hooks are what a bench build adds; the default build leaves them empty, so that no symbol of the bench remains
//
var hooks struct {
	now     func() (func() time.Time, error)
	anchors func(path string) ([]byte, error)
	observe func(session.Visit, session.View)
	serve   func(context.Context, *kiosk) error
	voice   func(ui.Voice) ui.Voice // what stands between the screen and its voice, which may be nil
	clerk   <-chan hand.Turn
	hurry   <-chan int
}

// newKiosk makes what a first screen needs; prepare makes the rest while that screen is shown.
func newKiosk(c config.Kiosk, log *slog.Logger) (*kiosk, error) {
	if err := checkEnvironment(c.Env); err != nil {
		return nil, err
	}
	k := &kiosk{config: c, log: log, start: time.Now(), now: time.Now}
	if hooks.now != nil {
		moved, err := hooks.now()
		if err != nil {
			return nil, err
		}
		k.now = moved
	}
	var err error
	if k.panel, err = k.newPanel(); err != nil {
		return nil, err
	}
	starting := session.Visit{State: session.OutOfService}.View()
	starting.Faults = []domain.FaultCode{domain.FaultStarting}
	k.panel.Show(starting)
	return k, nil
}

// prepare opens the journal and the devices, which takes seconds: a coin vendor names its parts at 9600 baud.
func (k *kiosk) prepare(ctx context.Context) error {
	c := k.config
	id, tls, err := identity(c, k.now)
	if err != nil {
		return err
	}
	client, err := centerapi.New(centerapi.Config{URL: c.Center.URL, TLS: tls, Center: id.Center})
	if err != nil {
		return err
	}
	if k.journal, err = openJournal(ctx, c, id.Boot, k.now()); err != nil {
		return err
	}
	memory, err := rememberCoins(ctx, k.journal)
	if err != nil {
		return err
	}
	k.devices = openDevices(ctx, c, memory, k.log)
	outside := terminal.Ports{
		Panel: k.panel, Reader: k.reader, Center: client, Journal: k.journal, Pages: k.pages, Clerk: hooks.clerk,
	}
	if k.devices.coins != nil {
		outside.Coins = k.devices.coins
	}
	if k.devices.printer != nil {
		outside.Printer = k.devices.printer
	}
	hours, err := domain.ParseHours(c.Hours.Open, c.Hours.Close)
	if err != nil {
		return err
	}
	k.terminal = terminal.New(terminal.Options{
		Identity: id, Now: k.now, Log: k.log, Observe: hooks.observe, Missing: k.devices.missing, Ports: outside,
		Hours: hours, Hurry: hooks.hurry, TrustPrinter: c.Printer.TrustCounters,
		LetsGo: powerLosses[c.Coin.PowerLoss] != coin.Holds, May: offers(c),
	})
	return nil
}

// offers is what this site offers beyond one certificate.
func offers(c config.Kiosk) (may session.Offers) {
	if c.Another {
		may |= session.OfferAnother
	}
	return may
}

// run works until the context ends. The window belongs to the main goroutine.
func (k *kiosk) run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	k.reader = cardpipe.NewChild(startCardChild, k.log)
	k.pages = pages.New(startRenderChild(k.config.Render.Cache))
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		err := k.prepare(ctx)
		if err == nil {
			err = k.work(ctx)
		}
		cancel(k.stand(ctx, err))
	}()
	err := sdl.Run(ctx, k.app, sdl.Options{
		Title: "kioskd", Fullscreen: k.config.Panel.Fullscreen, Scale: k.config.Panel.Scale,
		Rotate: sdl.Rotation(k.config.Panel.Rotate), Since: k.since, Shown: k.shown,
	})
	cancel(err)
	<-ended
	return errors.Join(context.Cause(ctx), k.devices.close(), k.closeJournal())
}

// stand keeps the kiosk out of service where its journal cannot be believed: starting anew would change nothing, and a
// person must decide. All else ends the program, and its supervisor starts it again.
func (k *kiosk) stand(ctx context.Context, err error) error {
	f, ok := errors.AsType[*journal.FileError](err)
	if !ok || f.Problem == journal.Owned || ctx.Err() != nil {
		return err
	}
	k.log.Error("out of service until a person has looked", "evt", "journal.file", "err", err)
	v := session.Visit{State: session.OutOfService}.View()
	v.Faults = []domain.FaultCode{health.Journal}
	k.panel.Show(v)
	<-ctx.Done()
	return err
}

// work runs all parts until the context or one of them ends.
func (k *kiosk) work(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	parts := []func(context.Context) error{
		k.reader.Run,
		k.terminal.Run,
		func(ctx context.Context) error { k.terminal.Pulse().Run(ctx); return ctx.Err() },
		func(ctx context.Context) error { k.terminal.Outbox().Run(ctx); return ctx.Err() },
		func(ctx context.Context) error { return k.devices.watch(ctx, k.config) },
		func(ctx context.Context) error { return keepCopy(ctx, k.journal, k.log) },
		k.warm,
	}
	if hooks.serve != nil {
		parts = append(parts, func(ctx context.Context) error { return hooks.serve(ctx, k) })
	}
	ended := make(chan struct{}, len(parts))
	for _, p := range parts {
		go func() {
			defer func() { ended <- struct{}{} }()
			if err := p(ctx); err != nil && ctx.Err() == nil {
				cancel(err)
			}
		}()
	}
	for range parts {
		<-ended
	}
	return context.Cause(ctx)
}

func (k *kiosk) closeJournal() error {
	if k.journal == nil {
		return nil
	}
	return errors.Join(k.journal.Seal(context.Background(), k.now()), k.journal.Close())
}

// warm prepares the renderer beside everything else. A renderer that cannot be warmed refuses pages before payment.
func (k *kiosk) warm(ctx context.Context) error {
	if err := k.pages.Warm(ctx); err != nil && ctx.Err() == nil {
		k.log.Error("renderer not warmed", "evt", "render.warm", "err", err)
	}
	return nil
}

// shown writes down how long a start takes a resident who waits in front of the panel.
func (k *kiosk) shown() {
	k.log.Info("first screen", "evt", "ui.first", "ms", k.since().Milliseconds())
}

func (k *kiosk) since() time.Duration { return time.Since(k.start) }

// newPanel makes the screen.
func (k *kiosk) newPanel() (*panel, error) {
	p := k.config.Panel
	fonts, err := paint.OpenFonts(filepath.Join(p.Fonts, "NotoSansCJK-Regular.ttc"),
		filepath.Join(p.Fonts, "NotoSansCJK-Bold.ttc"))
	if err != nil {
		return nil, fmt.Errorf("kioskd: fonts (Debian package fonts-noto-cjk): %w", err)
	}
	texts, err := locales.Open()
	if err != nil {
		return nil, err
	}
	size := image.Pt(p.Width, p.Height)
	var voice ui.Voice // the loudspeaker, once there is one
	if hooks.voice != nil {
		voice = hooks.voice(voice)
	}
	density := int(p.PxPerMM*100 + 0.5)
	k.app = ui.New(ui.Options{Size: size, Fonts: fonts, Pictures: k.picture, Voice: voice, PxPerMMPercent: density})
	return &panel{kiosk: k, set: screen.Set{
		Panel: kit.Panel{Size: size, PxPerMMPercent: density}, Catalogue: texts, Theme: p.Theme,
		Machine: k.config.Kiosk, Phone: k.config.Phone, Speaks: voice != nil,
		Problem: func(err error) { k.log.Error("text missing", "evt", "ui.text", "err", err) },
	}}, nil
}

// picture is asked by the painter; the terminal is there before the first picture is shown.
func (k *kiosk) picture(key string) (image.Image, bool) { return k.terminal.Picture(key) }

// panel is the terminal's screen.
type panel struct {
	kiosk *kiosk
	set   screen.Set
}

var _ ports.Panel = (*panel)(nil)

func (p *panel) Show(v session.View)     { p.kiosk.app.Show(p.set.Build(v), p.kiosk.since()) }
func (p *panel) Events() <-chan ui.Event { return p.kiosk.app.Events() }
func (p *panel) Wipe()                   { p.kiosk.app.Wipe() }
