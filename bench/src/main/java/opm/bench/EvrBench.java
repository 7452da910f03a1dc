package opm.bench;

import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import opm.base.Evr;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// Versions: read from text, and sorted.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class EvrBench {
    private static final int COUNT = 1000;
    private final String[] texts = new String[COUNT];
    private final Evr[] shuffled = new Evr[COUNT];

    /// Makes a thousand versions of the shapes that distributions use, from a fixed seed.
    @Setup
    public void setUp() {
        var random = new Random(1);
        for (int at = 0; at < COUNT; at++) {
            String version = random.nextInt(30) + "." + random.nextInt(100);
            String text =
                    switch (random.nextInt(4)) {
                        case 0 -> "1:" + version + "~rc" + random.nextInt(5) + "-1.el9";
                        case 1 -> version + "^git" + random.nextInt(99999) + "-2.fc43";
                        case 2 -> version + ".20130511-14.el7_4";
                        default -> version + "-" + random.nextInt(40) + ".el10";
                    };
            texts[at] = text;
            shuffled[at] = Evr.parse(text);
        }
    }

    @Benchmark
    public int parseThousand() {
        int sum = 0;
        for (String text : texts) {
            sum += Evr.parse(text).release().length();
        }
        return sum;
    }

    @Benchmark
    public Evr sortThousand() {
        Evr[] sorted = shuffled.clone();
        Arrays.sort(sorted);
        return sorted[0];
    }
}
