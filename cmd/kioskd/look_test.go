package main

import (
	"strings"
	"testing"

	"github.com/kioskd/kioskd/internal/config"
	"github.com/kioskd/kioskd/pkg/usb"
)

func TestDevicesSaysWhatIsUsedAndWhyTheRestIsNot(t *testing.T) {
	line := usb.Info{Port: "1-1", Vendor: 0x0403, Product: 0x6001, Name: "UART", Serial: "NEW", Configs: []usb.Config{{
		Number: 1, Interfaces: []usb.Interface{{Alternates: []usb.Alternate{{
			Class: usb.Class{Class: 255}, Endpoints: []usb.Endpoint{
				{Address: 0x81, Transfer: usb.TransferBulk, MaxPacket: 64},
				{Address: 2, Transfer: usb.TransferBulk, MaxPacket: 64},
			},
		}}}},
	}}}
	hub := usb.Info{Port: "usb1", Class: usb.Class{Class: 9}}
	c := config.Default()
	c.Coin.Kind, c.Coin.Serial = "ftdi", "OLD"
	var out strings.Builder
	if err := describeDevices(&out, c, []usb.Info{hub, line}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`1-1      0403:6001 "" "UART" serial "NEW"`, `not coin: serial is "NEW", not "OLD"`, "printer: none is configured",
		`coin: usb: select a serial line, serial OLD`, "if the unit was swapped",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in:\n%s", want, &out)
		}
	}
	if strings.Contains(out.String(), "usb1") {
		t.Errorf("a hub is listed:\n%s", &out)
	}
	out.Reset()
	c.Coin.Serial = "NEW"
	err := describeDevices(&out, c, []usb.Info{hub, line})
	if err != nil || !strings.Contains(out.String(), "coin: at 1-1") {
		t.Errorf("%v\n%s", err, &out)
	}
}
