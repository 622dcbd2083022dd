// Package xmlenc encrypts and decrypts the parts of SAML messages that only
// one party may read: assertions and name identifiers.
//
// What it promises about encryption:
//   - A fresh key and nonce for every element, wrapped for one recipient.
//   - AES-GCM, unless the caller asks for CBC by name. CBC keeps nobody from
//     changing what it hides: whoever asks for it must sign around it, and must
//     not sign the hidden part, so that the recipient's error tells nothing
//     about the plaintext.
//   - What is written is canonical XML, so that it can be signed as it stands.
//
// What it promises about decryption:
//   - AES-GCM and RSA-OAEP only. CBC, Triple DES and RSA with PKCS #1 v1.5 are
//     oracles in the hands of whoever may try often enough, so they are refused
//     before any key is used.
//   - Every failure is ErrUndecryptable and says nothing more.
//   - What comes out has been read by nobody: it goes through package strictxml
//     like any message, and means nothing until a signature covers it.
//
// It writes EncryptedData elements with the wrapped key inside, the form most
// products make, and reads the key there or beside it.
package xmlenc
