package frame

import "testing"

// TestTheGoldenAnswersOfMakers frames what makers and the specification print as answers of their own devices.
func TestTheGoldenAnswersOfMakers(t *testing.T) {
	for _, c := range []struct {
		name string
		from byte
		head byte
		say  []byte
		want string
	}{
		{"serial 12 345 678 (part 1)", 2, 0, []byte{0x4E, 0x61, 0xBC}, "\x01\x03\x02\x00\x4E\x61\xBC\x8F"},
		{
			"counter 7: a coin, error 14, a coin", 2, 0,
			[]byte{7, 3, 1, 0, 14, 2, 1, 0, 0, 0, 0},
			"\x01\x0B\x02\x00\x07\x03\x01\x00\x0E\x02\x01\x00\x00\x00\x00\xD6",
		},
		{"NAK", 2, 5, nil, "\x01\x00\x02\x05\xF8"},
		{"BUSY", 2, 6, nil, "\x01\x00\x02\x06\xF7"},
		{"hopper test (TSP016)", 3, 0, []byte{0x80, 0x80}, "\x01\x02\x03\x00\x80\x80\xFA"},
		{
			"cipher key (TSP016)", 3, 0,
			[]byte{0xB9, 0xFE, 0x5F, 0xAC, 0x75, 0x0A, 0x7B, 0x98},
			"\x01\x08\x03\x00\xB9\xFE\x5F\xAC\x75\x0A\x7B\x98\xA0",
		},
		{"paid by serial number (TSP016)", 3, 0, []byte{1}, "\x01\x01\x03\x00\x01\xFA"},
		{"paid without encryption (TSP016)", 3, 0, []byte{8}, "\x01\x01\x03\x00\x08\xF3"},
		{"counter 8, 2 to come, 3 paid", 3, 0, []byte{8, 2, 3, 0}, "\x01\x04\x03\x00\x08\x02\x03\x00\xEB"},
		{"emergency stop, none left (TSP016)", 3, 0, []byte{0}, "\x01\x01\x03\x00\x00\xFB"},
	} {
		got := Encode(c.from, 1, c.head, c.say, false)
		if string(got) != c.want || !Intact(got, false) || Size(got) != len(got) {
			t.Errorf("%s: % X, want % X", c.name, got, c.want)
		}
	}
	if got := checksum16([]byte("12\x003456789\x00")); got != 0x31C3 { // XMODEM's check value, round the place of the CRC
		t.Errorf("CRC %04X", got)
	}
}

func TestADamagedFrameIsNotIntact(t *testing.T) {
	for _, crc := range []bool{false, true} {
		whole := Encode(2, 1, 0, []byte{7, 3, 1}, crc)
		for i := range whole {
			bad := append([]byte(nil), whole...)
			bad[i] ^= 0x10
			if Intact(bad, crc) {
				t.Errorf("crc %v: byte %d may be anything", crc, i)
			}
		}
	}
	if Size([]byte{1}) != 0 {
		t.Error("one byte has a size")
	}
}
