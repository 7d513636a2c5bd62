package notify

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

// fingerprint is the same for what is the same: of plain values, which encode as JSON.
func fingerprint(v any) string {
	text, _ := json.Marshal(v) // of plain values: cannot fail
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16])
}
