package opm.pkgset;

import opm.base.OpmException;

/// Where the bytes of a set go.
@FunctionalInterface
public interface ByteSink {
    void write(byte[] from, int offset, int length) throws OpmException;
}
