"""Who somebody is and how it is proven: keys, certificates, signatures, the handshake, passphrases. No sockets."""
