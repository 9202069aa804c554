package usb

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

const (
	busNumber = 1
	usbMajor  = 189
	hubNumber = 1 // devnum of the root hub
)

// rootHub is what libusb and lsusb -t expect above every device.
var rootHub = Descriptors{
	Speed: HighSpeed, Vendor: 0x1d6b, Product: 0x0002, Release: 0x0601, Class: [3]uint8{9, 0, 1},
	Manufacturer: "kioskd", Name: "simulated bus", Serial: "bench",
	Interfaces: []Interface{{
		Class: [3]uint8{9, 0, 0}, Endpoints: []Endpoint{{Address: 0x81, Kind: 3, MaxPacket: 4, Interval: 12}},
	}},
}

// nodeName is the device's node below /dev.
func nodeName(address int) string { return fmt.Sprintf("bus/usb/%03d/%03d", busNumber, address) }

// sysName is the kernel's name of what hangs on a port; port 0 is the root hub itself.
func sysName(port int) string {
	if port == 0 {
		return "usb" + strconv.Itoa(busNumber)
	}
	return fmt.Sprintf("%d-%d", busNumber, port)
}

// devPath is the device's folder below /sys.
func devPath(port int) string {
	if port == 0 {
		return "/devices/" + sysName(0)
	}
	return "/devices/" + sysName(0) + "/" + sysName(port)
}

// writeDevice makes the sysfs folder of a device and of its interfaces.
func (b *Bus) writeDevice(port, address int, d Descriptors) error {
	class := fmt.Sprintf("%02x", d.Class[0])
	files := map[string]string{
		"descriptors":         string(d.deviceBytes()) + string(d.configBytes()),
		"busnum":              strconv.Itoa(busNumber),
		"devnum":              strconv.Itoa(address),
		"devpath":             strconv.Itoa(port),
		"dev":                 fmt.Sprintf("%d:%d", usbMajor, address-1),
		"speed":               strconv.Itoa(int(d.Speed)),
		"version":             " 2.00",
		"rx_lanes":            "1",
		"tx_lanes":            "1",
		"maxchild":            map[bool]string{true: "8", false: "0"}[port == 0],
		"bConfigurationValue": "1",
		"bNumConfigurations":  "1",
		"bNumInterfaces":      fmt.Sprintf("%2d", interfaceCount(d)),
		"bmAttributes":        "c0",
		"bMaxPower":           "2mA",
		"bMaxPacketSize0":     strconv.Itoa(packetSize0),
		"bDeviceClass":        class,
		"bDeviceSubClass":     fmt.Sprintf("%02x", d.Class[1]),
		"bDeviceProtocol":     fmt.Sprintf("%02x", d.Class[2]),
		"bcdDevice":           fmt.Sprintf("%04x", d.Release),
		"idVendor":            fmt.Sprintf("%04x", d.Vendor),
		"idProduct":           fmt.Sprintf("%04x", d.Product),
		"manufacturer":        d.Manufacturer,
		"product":             d.Name,
		"serial":              d.Serial,
		"uevent": fmt.Sprintf("MAJOR=%d\nMINOR=%d\nDEVNAME=%s\nDEVTYPE=usb_device\nDRIVER=usb\nPRODUCT=%x/%x/%x\n"+
			"TYPE=%d/%d/%d\nBUSNUM=%03d\nDEVNUM=%03d", usbMajor, address-1, nodeName(address), d.Vendor, d.Product,
			d.Release, d.Class[0], d.Class[1], d.Class[2], busNumber, address),
	}
	dir := filepath.Join(b.dir, "sys", devPath(port))
	if err := writeFolder(dir, files); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "configuration"), nil, 0o644); err != nil { // it has no name
		return err
	}
	if err := b.link(dir, sysName(port)); err != nil {
		return err
	}
	return b.writeInterfaces(port, d)
}

// interfaceCount counts interfaces, not settings.
func interfaceCount(d Descriptors) int {
	numbers := map[uint8]bool{}
	for _, i := range d.Interfaces {
		numbers[i.Number] = true
	}
	return len(numbers)
}

// interfaceName is the kernel's name of an interface in configuration 1.
func interfaceName(port int, number uint8) string {
	if port == 0 {
		return fmt.Sprintf("%d-0:1.%d", busNumber, number)
	}
	return fmt.Sprintf("%s:1.%d", sysName(port), number)
}

// writeInterfaces makes the folders that usb-devices and lsusb -t read.
func (b *Bus) writeInterfaces(port int, d Descriptors) error {
	for _, i := range d.Interfaces {
		if i.Alternate != 0 {
			continue
		}
		name := interfaceName(port, i.Number)
		dir := filepath.Join(b.dir, "sys", devPath(port), name)
		err := writeFolder(dir, map[string]string{
			"bInterfaceNumber":   fmt.Sprintf("%02x", i.Number),
			"bAlternateSetting":  fmt.Sprintf("%2d", i.Alternate),
			"bNumEndpoints":      fmt.Sprintf("%02x", len(i.Endpoints)),
			"bInterfaceClass":    fmt.Sprintf("%02x", i.Class[0]),
			"bInterfaceSubClass": fmt.Sprintf("%02x", i.Class[1]),
			"bInterfaceProtocol": fmt.Sprintf("%02x", i.Class[2]),
			"uevent":             fmt.Sprintf("DEVTYPE=usb_interface\nINTERFACE=%d/%d/%d", i.Class[0], i.Class[1], i.Class[2]),
		})
		if err != nil {
			return err
		}
		if err := b.link(dir, name); err != nil {
			return err
		}
	}
	return nil
}

// writeFolder writes one folder of attributes; text ends with a line break as in the kernel, an empty one is left out.
func writeFolder(dir string, files map[string]string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for name, text := range files {
		if text == "" {
			continue
		}
		if name != "descriptors" {
			text += "\n"
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// link names the folder in the bus's list and marks its subsystem.
func (b *Bus) link(dir, name string) error {
	list := filepath.Join(b.dir, "sys/bus/usb/devices")
	target, err := filepath.Rel(list, dir)
	if err != nil {
		return err
	}
	if err := os.Symlink(target, filepath.Join(list, name)); err != nil {
		return err
	}
	subsystem, err := filepath.Rel(dir, filepath.Join(b.dir, "sys/bus/usb"))
	if err != nil {
		return err
	}
	return os.Symlink(subsystem, filepath.Join(dir, "subsystem"))
}

// makeNode makes the node of a device: a FIFO of one page, held open here and full, so that a client's poll waits
// until there is something to reap. A plain file would be ready for ever and the client would spin.
func (b *Bus) makeNode(address int) (*os.File, error) {
	path := filepath.Join(b.dir, "dev", nodeName(address))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	if err := syscall.Mkfifo(path, 0o666); err != nil {
		return nil, err
	}
	numbers := filepath.Join(b.dir, "dev/.node", fmt.Sprintf("bus_usb_%03d_%03d", busNumber, address))
	if err := os.Symlink(fmt.Sprintf("%d:%d", usbMajor, address-1), numbers); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_RDWR|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	if err := setPipeSize(f, 4096); err != nil {
		return nil, err
	}
	if _, err := f.Write([]byte{0}); err != nil {
		return nil, err
	}
	return f, nil
}

// setPipeSize is fcntl F_SETPIPE_SZ.
func setPipeSize(f *os.File, n uintptr) error {
	const fSetPipeSize = 1031
	raw, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var errno syscall.Errno
	err = raw.Control(func(fd uintptr) { _, _, errno = syscall.Syscall(syscall.SYS_FCNTL, fd, fSetPipeSize, n) })
	if err == nil && errno != 0 {
		err = errno
	}
	return err
}
