package testservices

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Certificates are files for encrypted connections, made for one test.
type Certificates struct {
	// CA is the authority that signed the others; OtherCA signed nothing.
	CA, OtherCA string
	// ServerCert and ServerKey are the server's, for 127.0.0.1 and not for any name. They can be read by the servers that tests
	// start.
	ServerCert, ServerKey string
	// ClientCert and ClientKey are those of a client whose name is "site".
	ClientCert, ClientKey string
}

// NewCertificates makes an authority, and the certificates of a server and a client.
func NewCertificates(t testing.TB) *Certificates {
	t.Helper()
	dir, err := os.MkdirTemp("", "nuages-certificates-") // a directory of the test's is closed to the server's user
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	now := time.Now()
	m := &certificateMaker{t: t, dir: dir, template: x509.Certificate{NotBefore: now.Add(-time.Hour), NotAfter: now.Add(24 * time.Hour)}}
	authority := func(name string) (string, *x509.Certificate, *ecdsa.PrivateKey) {
		c := m.template
		c.Subject.CommonName, c.IsCA, c.BasicConstraintsValid, c.KeyUsage = name, true, true, x509.KeyUsageCertSign
		file, _, parsed, key := m.make(name, c, nil, nil)
		return file, parsed, key
	}
	var out Certificates
	ca, caCert, caKey := authority("ca")
	out.CA = ca
	out.OtherCA, _, _ = authority("other")
	server := m.template
	server.Subject.CommonName, server.IPAddresses, server.ExtKeyUsage = "server", []net.IP{net.IPv4(127, 0, 0, 1)}, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	out.ServerCert, out.ServerKey, _, _ = m.make("server", server, caCert, caKey)
	client := m.template
	client.Subject = pkix.Name{CommonName: "site"}
	client.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	out.ClientCert, out.ClientKey, _, _ = m.make("client", client, caCert, caKey)
	if err := giveToServers(dir, out.CA, out.ServerCert, out.ServerKey); err != nil {
		t.Fatal(err)
	}
	return &out
}

type certificateMaker struct {
	t        testing.TB
	dir      string
	template x509.Certificate
	serial   int64
}

// make writes a certificate and its key, signed by a parent or by itself.
func (m *certificateMaker) make(name string, c x509.Certificate, parent *x509.Certificate, signer *ecdsa.PrivateKey) (cert, key string, parsed *x509.Certificate, private *ecdsa.PrivateKey) {
	m.t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		m.t.Fatal(err)
	}
	m.serial++
	c.SerialNumber = big.NewInt(m.serial)
	if parent == nil {
		parent, signer = &c, private
	}
	der, err := x509.CreateCertificate(rand.Reader, &c, parent, &private.PublicKey, signer)
	if err != nil {
		m.t.Fatal(err)
	}
	if parsed, err = x509.ParseCertificate(der); err != nil {
		m.t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		m.t.Fatal(err)
	}
	cert, key = filepath.Join(m.dir, name+".pem"), filepath.Join(m.dir, name+".key")
	for file, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			m.t.Fatal(err)
		}
	}
	return cert, key, parsed, private
}
