package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/kioskd/kioskd/internal/config"
	"github.com/kioskd/kioskd/pkg/usb"
	"github.com/kioskd/kioskd/pkg/usb/libusb"
)

// readFlags reads the configuration of a command line that takes nothing else but more.
func readFlags(name string, args []string, more func(*flag.FlagSet)) (config.Kiosk, error) {
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	path := flags.String("config", "/etc/kioskd/kioskd.toml", "configuration file")
	if more != nil {
		more(flags)
	}
	if err := flags.Parse(args); err != nil {
		return config.Kiosk{}, err
	}
	if flags.NArg() > 0 {
		return config.Kiosk{}, fmt.Errorf("%s: what is %q?", name, flags.Args())
	}
	return config.Read(*path)
}

// showDevices says what is on the USB bus, and of each configured device which it is or why it is none of them. It
// opens devices to read their names, hubs never, and claims nothing: a kioskd may run beside it.
func showDevices(args []string) (err error) {
	c, err := readFlags("kioskd devices", args, nil)
	if err != nil {
		return err
	}
	host, err := libusb.Open()
	if err != nil {
		return err
	}
	list, err := host.List(func(usb.Info) bool { return true })
	if err != nil {
		return err
	}
	return describeDevices(os.Stdout, c, list)
}

// describeDevices writes one line for each device, and one for each that is configured.
func describeDevices(w io.Writer, c config.Kiosk, list []usb.Info) error {
	printer := usb.Selection{Class: usb.ClassIPPUSB, Serial: c.Printer.Serial}
	wanted := []struct {
		name, kind string
		used       bool
		is         usb.Selection
	}{
		{"coin", c.Coin.Kind, c.Coin.OnUSB(), coinAdapter(c.Coin)},
		{"printer", c.Printer.Kind, c.Printer.Kind == "usb", printer},
	}
	var out strings.Builder
	for _, i := range list {
		if i.IsHub() {
			continue
		}
		fmt.Fprintf(&out, "%-8s %s %q %q serial %q", i.Port, i.ID(), i.Manufacturer, i.Name, i.Serial)
		if i.Refused != nil {
			fmt.Fprintf(&out, "; not read: %v", i.Refused)
		}
		out.WriteString("\n")
		for _, want := range wanted {
			if !want.used {
				continue
			}
			if why := want.is.Match(i); why != "" {
				fmt.Fprintf(&out, "         not %s: %s\n", want.name, why)
			} else {
				fmt.Fprintf(&out, "         is %s\n", want.name)
			}
		}
	}
	for _, want := range wanted {
		switch {
		case want.kind == "tty":
			fmt.Fprintf(&out, "%s: the terminal %s\n", want.name, c.Coin.Path)
		case !want.used:
			fmt.Fprintf(&out, "%s: none is configured\n", want.name)
		default:
			if one, err := usb.Pick(list, want.is); err != nil {
				fmt.Fprintf(&out, "%s: %v\n", want.name, err)
			} else {
				fmt.Fprintf(&out, "%s: at %s\n", want.name, one.Port)
			}
		}
	}
	_, err := io.WriteString(w, out.String())
	return err
}
