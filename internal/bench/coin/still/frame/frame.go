// Package frame makes and reads ccTalk frames for the simulator, in a way of its own, so that an error in pkg/coin is
// not mirrored here. Who calls it: internal/bench/coin/still. It knows no device.
package frame

// Size says how long the frame at the start of p is; 0 if that is not known yet.
func Size(p []byte) int {
	if len(p) < 2 {
		return 0
	}
	return int(p[1]) + 5
}

// Intact checks a whole frame, by its CRC or by the simple checksum.
func Intact(p []byte, crc bool) bool {
	last := len(p) - 1
	if crc {
		sum := checksum16(p)
		return p[2] == byte(sum&0xFF) && p[last] == byte(sum>>8)
	}
	total := 0
	for _, b := range p {
		total += int(b)
	}
	return total%256 == 0
}

// Encode frames what one address says to another.
func Encode(from, to, header byte, data []byte, crc bool) []byte {
	p := append([]byte{to, byte(len(data)), from, header}, data...)
	p = append(p, 0)
	if crc {
		sum := checksum16(p)
		p[2], p[len(p)-1] = byte(sum&0xFF), byte(sum>>8)
		return p
	}
	total := 0
	for _, b := range p {
		total += int(b)
	}
	p[len(p)-1] = byte(256 - total%256)
	return p
}

// checksum16 is the CRC of a whole frame; the places of its own two bytes are left out. This form folds whole bytes,
// unlike pkg/coin's, so that the two check each other.
func checksum16(p []byte) uint16 {
	var crc uint16
	for i, b := range p[:len(p)-1] {
		if i == 2 {
			continue
		}
		crc = crc>>8 | crc<<8
		crc ^= uint16(b)
		crc ^= crc & 0xFF >> 4
		crc ^= crc << 12
		crc ^= crc & 0xFF << 5
	}
	return crc
}
