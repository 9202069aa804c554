package main

import (
	"fmt"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/signed"
)

// holders gives those who have a key of a role in the list, each once.
func holders[T ~string](ring signed.Ring, r signed.Role) []T {
	var all []T
	seen := map[string]bool{}
	for _, k := range ring.Keys {
		if k.Role() == r && !seen[k.Holder] {
			seen[k.Holder] = true
			all = append(all, T(k.Holder))
		}
	}
	return all
}

// parties are those whom the signed list of keys lets take part.
func parties(ring signed.Ring) (kiosks []domain.KioskID, municipalities []domain.MunicipalityCode, err error) {
	kiosks = holders[domain.KioskID](ring, signed.RoleKiosk)
	municipalities = holders[domain.MunicipalityCode](ring, signed.RoleMunicipality)
	for _, m := range municipalities {
		if _, err := domain.ParseMunicipalityCode(string(m)); err != nil {
			return nil, nil, fmt.Errorf("centerd: keys.note: holder %s: %w", m, err)
		}
	}
	return kiosks, municipalities, nil
}
