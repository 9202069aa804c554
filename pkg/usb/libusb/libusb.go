// Package libusb reaches real USB devices through google/gousb and libusb-1.0. It is the only importer of gousb and
// one of kioskd's three cgo edges; without cgo, [Open] says so.
//
// gousb leaves several traps that this package closes: transfers without a deadline (only bounded ones are used), a
// panic for devices whose interface numbers have gaps (refused before), no order of closing (one struct owns all), a
// panic when libusb cannot start (recovered), devices picked at random when two are alike (an error).
//
// There is no way to clear a halted endpoint: after usb.ErrStall on a pipe, call Reset and open the device again.
package libusb
