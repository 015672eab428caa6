package store

import (
	"fmt"
	"math/big"

	"github.com/shopspring/decimal"
)

// Scale is the number of decimals of every figure in the store.
const Scale = 6

// Decimal is an exact figure as the store keeps it: rounded to six decimals, half away from zero; nil
// if it is not known. Rounding is for the eye: whatever is decided is decided on the exact figure.
func Decimal(exact *big.Rat) *decimal.Decimal {
	if exact == nil {
		return nil
	}
	rounded, err := decimal.NewFromString(exact.FloatString(Scale)) // which rounds half away from zero
	if err != nil {
		panic(fmt.Sprintf("big.Rat wrote %q, which is no decimal: %v", exact.FloatString(Scale), err))
	}
	return &rounded
}
