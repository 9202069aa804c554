package card

import (
	"encoding/hex"
	"fmt"
)

// Instruction bytes (ISO 7816-4 §5.1.2 and JICSAP v1.1); only these five leave this package.
const (
	insVerify      = 0x20 // VERIFY
	insSign        = 0x2A // COMPUTE DIGITAL SIGNATURE, class 80
	insSelect      = 0xA4 // SELECT
	insReadBinary  = 0xB0 // READ BINARY
	insGetResponse = 0xC0 // GET RESPONSE

	insChangeReference = 0x24 // never sent; its data is masked in traces of others
	insChangePIN       = 0x32 // likewise
)

// A fileID names an elementary file of the JPKI application.
type fileID uint16

const (
	efToken        fileID = 0x0006 // CK_TOKEN_INFO of 160 bytes, free to read
	efAvailability fileID = 0x0008 // which certificates are there, free to read
	efAuthCert     fileID = 0x000A // user authentication certificate, free to read on the plastic card
	efAuthKey      fileID = 0x0017 // its private key, after the PIN
	efAuthPIN      fileID = 0x0018 // its PIN: 4 ASCII digits, 3 tries
)

// maxShortLe is what one READ BINARY may ask for (Le 00 = 256, ISO 7816-4 §5.1).
const maxShortLe = 256

// selectJPKI selects the JPKI application by its full name: cards of JICSAP v1.1 may match a prefix, so that a short
// name could select another application.
var selectJPKI = [...]byte{
	0x00, insSelect, 0x04, 0x0C, 0x0A,
	0xD3, 0x92, 0xF0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01,
}

// digestInfo is the DER head of a SHA-256 DigestInfo (RFC 8017 §9.2 note 1); the 32 bytes of the digest follow.
var digestInfo = [...]byte{
	0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20,
}

func selectEF(id fileID) []byte {
	return []byte{0x00, insSelect, 0x02, 0x0C, 0x02, byte(id >> 8), byte(id)}
}

// readBinary asks for n bytes (1–256) at offset, which has 15 bits.
func readBinary(offset, n int) []byte {
	return []byte{0x00, insReadBinary, byte(offset>>8) & 0x7F, byte(offset), byte(n)}
}

// queryPIN asks the counter of the selected PIN; it has no length byte and no data, and spends nothing.
func queryPIN() []byte { return []byte{0x00, insVerify, 0x00, 0x80} }

// computeSignature asks for a PKCS #1 v1.5 signature with the selected key: P1 = 00 pads the data as it is.
func computeSignature(digest [32]byte) []byte {
	b := append([]byte{0x80, insSign, 0x00, 0x80, byte(len(digestInfo) + len(digest))}, digestInfo[:]...)
	b = append(b, digest[:]...)
	return append(b, 0x00)
}

// Masked writes a command for a log. The data of VERIFY, CHANGE REFERENCE DATA and of instruction 32 are replaced by
// stars, whatever else the command says; so is all of a command too short to tell.
func Masked(apdu []byte) string {
	const head, lc = 4, 5
	if len(apdu) < head {
		return fmt.Sprintf("[%d bytes]", len(apdu))
	}
	switch apdu[1] {
	case insVerify, insChangeReference, insChangePIN:
		if len(apdu) == head {
			return hex.EncodeToString(apdu)
		}
		return hex.EncodeToString(apdu[:head]) + "****"
	}
	if len(apdu) <= lc {
		return hex.EncodeToString(apdu)
	}
	return fmt.Sprintf("%x[%d bytes]", apdu[:lc], len(apdu)-lc)
}
