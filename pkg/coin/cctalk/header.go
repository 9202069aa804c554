package cctalk

// The ccTalk headers this package uses, with the spec's names (generic specification 4.7, parts 2 and 3).
const (
	hdrReply             = 0   // an answer; without data it is the ACK
	hdrReset             = 1   // Reset device
	hdrNAK               = 5   // NAK
	hdrBusy              = 6   // BUSY
	hdrEscrowStatus      = 106 // Request escrow status
	hdrEscrowOperate     = 107 // Operate escrow
	hdrPurge             = 121 // Purge hopper
	HeaderCashBoxValue   = 117 // Request cashbox value
	HeaderHopperBalance  = 119 // Request hopper balance
	HeaderErrorStatus    = 122 // Request error status
	HeaderActivity       = 123 // Request activity register
	HeaderVerifyOut      = 124 // Verify money out
	HeaderMoneyOut       = 127 // Request money out
	HeaderMoneyIn        = 128 // Request money in
	HeaderPayMoney       = 125 // Pay money out
	hdrCipherKey         = 160 // Request cipher key
	hdrAcceptLimit       = 135 // Set accept limit
	hdrHopperTest        = 163 // Test hopper
	hdrHopperEnable      = 164 // Enable hopper
	hdrHopperStatus      = 166 // Request hopper status
	hdrHopperDispense    = 167 // Dispense hopper coins
	hdrHopperCount       = 168 // Request hopper dispense count
	hdrHopperCoin        = 171 // Request hopper coin
	hdrHopperStop        = 172 // Emergency stop
	hdrCoinID            = 184 // Request coin id
	hdrBuild             = 192 // Request build code
	hdrRequestPath       = 209 // Request sorter paths
	hdrSetSorterPath     = 210 // Modify sorter paths
	hdrOptionFlags       = 213 // Request option flags
	hdrHopperLevel       = 217 // Request payout high / low status
	hdrRejectCount       = 194 // Request reject counter
	hdrAcceptCount       = 225 // Request accept counter
	hdrInsertCount       = 226 // Request insertion counter
	HeaderRequestMaster  = 227 // Request master inhibit status
	HeaderModifyMaster   = 228 // Modify master inhibit status
	hdrBufferedCredit    = 229 // Read buffered credit or error codes
	hdrRequestInhibit    = 230 // Request inhibit status
	hdrModifyInhibit     = 231 // Modify inhibit status
	hdrSelfCheck         = 232 // Perform self-check
	hdrSoftware          = 241 // Request software revision
	hdrSerial            = 242 // Request serial number
	hdrProduct           = 244 // Request product code
	hdrCategory          = 245 // Request equipment category id
	hdrMaker             = 246 // Request manufacturer id
	hdrPollPriority      = 249 // Request polling priority
	hdrSimplePoll        = 254 // Simple poll
	hdrRequestOverride   = 221 // Request sorter override status
	hdrSetSorterOverride = 222 // Modify sorter override status
)

// retry says what may be done when a command got no good answer.
type retry uint8

const (
	retryRead retry = iota // a pure read: may be sent again
	retrySet               // sets a value: may be sent again, then is read back
	retryNone              // moves money or zeroes counters: never sent again unasked
)

// retryOf sorts the headers. Whatever is not known to be harmless counts as moving money.
func retryOf(header byte) retry {
	switch header {
	case hdrSimplePoll, hdrMaker, hdrCategory, hdrProduct, hdrSerial, hdrSoftware, hdrBuild, hdrSelfCheck,
		hdrPollPriority, hdrRequestInhibit, hdrBufferedCredit, HeaderRequestMaster, hdrAcceptCount, hdrHopperLevel,
		hdrOptionFlags, hdrCoinID, hdrHopperCoin, hdrHopperCount, hdrHopperStatus, hdrHopperTest, hdrCipherKey,
		HeaderMoneyIn, HeaderMoneyOut, HeaderVerifyOut, HeaderActivity, HeaderErrorStatus, HeaderHopperBalance,
		HeaderCashBoxValue,
		hdrEscrowStatus, hdrRequestPath, hdrRequestOverride, hdrInsertCount, hdrRejectCount:
		return retryRead
	case hdrModifyInhibit, HeaderModifyMaster, hdrSetSorterOverride, hdrSetSorterPath, hdrHopperEnable, hdrHopperStop,
		hdrAcceptLimit:
		return retrySet
	default:
		return retryNone
	}
}
