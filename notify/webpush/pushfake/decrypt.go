package pushfake

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// The shape of an aes128gcm body with one record (RFC 8188, 2.1).
const (
	saltSize   = 16
	headerSize = saltSize + 4 + 1 + keySize // salt, record size, length of the key, key
	keySize    = 65                         // of an uncompressed P-256 point
	tagSize    = 16
	lastRecord = 2 // the delimiter before the padding
)

// keys are what a device reads its messages with.
type keys struct {
	private *ecdh.PrivateKey
	auth    []byte
}

// open decrypts a message (RFC 8291). It takes nothing that a browser does not
// have to take: one record, with the sender's key in the header.
func (k keys) open(body []byte) ([]byte, error) {
	if len(body) < headerSize+tagSize+1 {
		return nil, fmt.Errorf("%d bytes are too few for a header and a record", len(body))
	}
	size, length := binary.BigEndian.Uint32(body[saltSize:]), body[saltSize+4]
	record := body[headerSize:]
	switch {
	case length != keySize:
		return nil, fmt.Errorf("the key in the header has %d bytes, not %d", length, keySize)
	case uint64(len(record)) > uint64(size):
		return nil, fmt.Errorf("%d bytes of records do not fit in one of %d", len(record), size)
	}
	sender, err := ecdh.P256().NewPublicKey(body[headerSize-keySize : headerSize])
	if err != nil {
		return nil, fmt.Errorf("the key in the header: %w", err)
	}
	plain, err := k.record(body[:saltSize], sender, record)
	if err != nil {
		return nil, err
	}
	return unpad(plain)
}

// record decrypts the one record.
func (k keys) record(salt []byte, sender *ecdh.PublicKey, record []byte) ([]byte, error) {
	ikm, err := k.agree(sender)
	if err != nil {
		return nil, err
	}
	key, err := hkdf.Key(sha256.New, ikm, salt, "Content-Encoding: aes128gcm\x00", 16)
	if err != nil {
		return nil, err
	}
	nonce, err := hkdf.Key(sha256.New, ikm, salt, "Content-Encoding: nonce\x00", 12)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	return gcm.Open(nil, nonce, record, nil)
}

// agree is the secret that both sides share (RFC 8291, 3.3 and 3.4).
func (k keys) agree(sender *ecdh.PublicKey) ([]byte, error) {
	secret, err := k.private.ECDH(sender)
	if err != nil {
		return nil, err
	}
	info := "WebPush: info\x00" + string(k.private.PublicKey().Bytes()) + string(sender.Bytes())
	return hkdf.Key(sha256.New, secret, k.auth, info, 32)
}

// unpad takes off the padding: zeros after a delimiter.
func unpad(plain []byte) ([]byte, error) {
	for i, b := range slices.Backward(plain) {
		switch b {
		case 0:
		case lastRecord:
			return plain[:i], nil
		default:
			return nil, fmt.Errorf("the padding has a byte %d", b)
		}
	}
	return nil, errors.New("the padding has no delimiter")
}
