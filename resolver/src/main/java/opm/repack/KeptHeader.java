package opm.repack;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import opm.base.Digest.Algorithm;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.host.RpmCommand;

/// The signed header of an installed package as the front of a package file: lead, signatures,
/// header, and no payload. Enough to verify who made it, to solve and to look at, without rpm.
///
/// @param bytes `rpm -qp` reads them
@SuppressWarnings("ArrayRecordComponent") // one owner, never compared
public record KeptHeader(Nevra nevra, byte[] bytes) {
    private static final int BATCH = 300;
    private static final int OPENPGP = 278;
    private static final int SHA256 = 273;

    /// From here on tags are of signatures over header and payload, which prove nothing here.
    private static final int FIRST_OF_WHOLE = 1000;

    /// Reads those of packages of a root; what rpm's database holds no whole header of is absent.
    public static List<KeptHeader> of(RpmCommand rpm, List<Nevra> pkgs) throws OpmException {
        var found = new ArrayList<KeptHeader>();
        for (StoredHeader stored : StoredHeader.of(rpm, pkgs, BATCH).values()) {
            var signature = new SignatureHeader();
            for (Map.Entry<Integer, byte[]> entry : stored.signatures().entrySet()) {
                int tag = entry.getKey();
                if (tag == OPENPGP) {
                    signature.texts(tag, entry.getValue());
                } else if (tag < FIRST_OF_WHOLE) {
                    signature.binary(tag, entry.getValue());
                }
            }
            signature.text(SHA256, StoredHeader.hash(Algorithm.SHA256, stored.bytes()));
            byte[] front = signature.bytes(stored.nevra().name() + "-" + stored.nevra().evr());
            byte[] all = Arrays.copyOf(front, front.length + stored.bytes().length);
            System.arraycopy(stored.bytes(), 0, all, front.length, stored.bytes().length);
            found.add(new KeptHeader(stored.nevra(), all));
        }
        found.sort(Comparator.comparing(KeptHeader::nevra));
        return found;
    }
}
