package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/kioskd/kioskd/internal/bench/coin"
)

// hopperKinds are the kinds of the hoppers, in the order of the command line and of kioskd's configuration.
var hopperKinds = [...]int{10, 50, 100, 500}

// maxHopper is how many coins one hopper of the reference machine holds.
var maxHopper = coin.Defaults().Room

// pieces reads what the hoppers shall hold, such as 50,20,50,10; "" is nil, the reference machine's own stock.
func pieces(text string) (coin.Coins, error) {
	if text == "" {
		return nil, nil
	}
	parts := strings.Split(text, ",")
	stock := coin.Coins{}
	for i, part := range parts {
		n, err := strconv.Atoi(part)
		if len(parts) != len(hopperKinds) || err != nil || n < 0 || n > maxHopper {
			return nil, fmt.Errorf("-hoppers %s: say four numbers of 0 to %d, for ¥10, ¥50, ¥100 and ¥500, such as "+
				"50,20,50,10", text, maxHopper)
		}
		stock[hopperKinds[i]] = n
	}
	return stock, nil
}
