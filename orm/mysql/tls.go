package mysql

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"

	driver "github.com/go-sql-driver/mysql"
)

// tlsFiles are what a URL says of encryption in the words of MySQL's own programs.
type tlsFiles struct{ mode, ca, cert, key string }

// apply turns them into a configuration. Options.TLS goes before all of them.
func (t *tlsFiles) apply(cfg *driver.Config, o *Options) error {
	if *t == (tlsFiles{}) || o.TLS != nil {
		t.mode = map[string]string{"true": "verify_identity", "skip-verify": "required", "preferred": "preferred"}[cfg.TLSConfig]
		if o.TLS != nil {
			t.mode = "required" // what else it wants the programs cannot be told
		}
		return nil
	}
	if cfg.TLSConfig != "" && t.mode != "" {
		return errors.New("mysql: options \"tls\" and \"ssl_mode\" of the URL exclude each other")
	}
	c := &tls.Config{}
	if t.ca != "" {
		pem, err := os.ReadFile(t.ca)
		if err != nil {
			return fmt.Errorf("mysql: option \"ssl_ca\" of the URL: %w", err)
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(pem) {
			return fmt.Errorf("mysql: option \"ssl_ca\" of the URL: %s holds no certificate", t.ca)
		}
	}
	if (t.cert == "") != (t.key == "") {
		return errors.New("mysql: options \"ssl_cert\" and \"ssl_key\" of the URL go together")
	}
	if t.cert != "" {
		pair, err := tls.LoadX509KeyPair(t.cert, t.key)
		if err != nil {
			return fmt.Errorf("mysql: option \"ssl_cert\" of the URL: %w", err)
		}
		c.Certificates = []tls.Certificate{pair}
	}
	mode := t.mode
	if mode == "" {
		mode = map[string]string{"": "verify_identity", "true": "verify_identity", "skip-verify": "required", "preferred": "preferred", "false": "disabled"}[cfg.TLSConfig]
	}
	switch mode {
	case "disabled":
		cfg.TLSConfig, t.mode = "false", mode
		return nil
	case "preferred":
		cfg.AllowFallbackToPlaintext = true
		c.InsecureSkipVerify = true
	case "required": // encrypted, to whomever
		c.InsecureSkipVerify = true
	case "verify_ca":
		c.InsecureSkipVerify = true // the name only: the chain is verified here
		roots := c.RootCAs
		c.VerifyConnection = func(state tls.ConnectionState) error { return verifyChain(state, roots) }
	case "verify_identity":
		if host, _, err := net.SplitHostPort(cfg.Addr); err == nil {
			c.ServerName = host
		}
	default:
		return fmt.Errorf("mysql: option \"ssl_mode\" of the URL: %q (disabled, preferred, required, verify_ca or verify_identity)", mode)
	}
	cfg.TLS, cfg.TLSConfig, t.mode = c, "", mode
	return nil
}

// verifyChain looks whether the server's certificate comes from one of the roots, whatever name it carries.
func verifyChain(state tls.ConnectionState, roots *x509.CertPool) error {
	if len(state.PeerCertificates) == 0 {
		return errors.New("mysql: the server shows no certificate")
	}
	opts := x509.VerifyOptions{Roots: roots, Intermediates: x509.NewCertPool()}
	for _, c := range state.PeerCertificates[1:] {
		opts.Intermediates.AddCert(c)
	}
	_, err := state.PeerCertificates[0].Verify(opts)
	return err
}
