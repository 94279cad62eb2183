// Package signing makes values that travel through a visitor's hands tamper-proof, in the wire format of
// django.core.signing, so that a Django site with the same SECRET_KEY reads what this one writes and the other way round.
//
//	signer, err := signing.New(signing.Options{Key: secret, Salt: "news.unsubscribe"})
//	token := signer.Sign("ada@example.com")     // ada@example.com:gcO56y...
//	address, err := signer.Unsign(token)        // errors.Is(err, signing.ErrBadSignature)
//
// A TimestampSigner also says when; Dumps and Loads sign whole values as JSON. A value is signed, not hidden: anybody can
// read it. Give each use its own salt, so that a token made for one purpose does not pass for another. Options.Fallbacks
// are older keys that still verify, for changing the key without breaking what is out there.
package signing
