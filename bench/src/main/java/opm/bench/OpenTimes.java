package opm.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import opm.base.OpmException;
import opm.pkgset.PackageSet;
import opm.pkgset.Queries;

/// Opens sets inside one process and asks them something: prints `CASE SECONDS COUNT`, the first
/// time, when every class is still to be loaded, and the median of those after it.
public final class OpenTimes {
    private static final int TIMES = 101;

    private OpenTimes() {}

    /// @param args the sets, the first of which has the package `bash`
    public static void main(String[] args) throws OpmException {
        var one = new double[TIMES];
        var view = new double[TIMES];
        int found = 0;
        for (int time = 0; time < TIMES; time++) {
            long start = System.nanoTime();
            PackageSet set = PackageSet.open(Path.of(args[0]));
            int name = set.nameId("bash");
            found += set.ref(set.packagesStart(name)).nevra().name().length();
            one[time] = (System.nanoTime() - start) / 1e9;
        }
        for (int time = 0; time < TIMES; time++) {
            long start = System.nanoTime();
            List<PackageSet> sets = new ArrayList<>();
            for (String file : args) {
                sets.add(PackageSet.open(Path.of(file)));
            }
            found += new Queries(sets).named("bash").size();
            view[time] = (System.nanoTime() - start) / 1e9;
        }
        print("open-first", one[0], found);
        print("open", median(one), found);
        print("view-first", view[0], found);
        print("view", median(view), found);
    }

    private static double median(double[] times) {
        double[] later = Arrays.copyOfRange(times, 1, times.length);
        Arrays.sort(later);
        return later[later.length / 2];
    }

    @SuppressWarnings("SystemOut")
    private static void print(String name, double seconds, int count) {
        System.out.println(name + " " + seconds + " " + count);
    }
}
