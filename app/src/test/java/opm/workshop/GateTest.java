package opm.workshop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import opm.base.OpmException;
import opm.base.OpmException.Unavailable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Who thinks next, with one lane and a clock that goes when told.
@Timeout(30)
final class GateTest {
    private static final int MOST_WAITING = 4;
    private static final int SECONDS = 60;

    private final AtomicLong clock = new AtomicLong();
    private final Gate gate = new Gate(1, MOST_WAITING, SECONDS, clock::get);
    private final List<String> order = Collections.synchronizedList(new ArrayList<>());
    private final List<Thread> threads = new ArrayList<>();

    private void goes(long millis) {
        clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    private static void until(BooleanSupplier fact) {
        while (!fact.getAsBoolean()) {
            Thread.onSpinWait();
        }
    }

    /// Asks in the name of an address, on a thread of its own.
    private void ask(String address, BooleanSupplier gone, Gate.Work<Boolean> work) {
        threads.add(
                Thread.ofVirtual()
                        .start(
                                () ->
                                        ScopedValue.where(Asker.NOW, new Asker(address, gone))
                                                .run(() -> pass(work))));
    }

    private void pass(Gate.Work<Boolean> work) {
        try {
            boolean _ = gate.pass(work);
        } catch (OpmException e) {
            order.add(String.valueOf(e.getMessage()));
        }
    }

    /// Asks, and waits until it stands in the row.
    private void queue(String address, String name) {
        int before = gate.waiting();
        ask(address, () -> false, _ -> order.add(name));
        until(() -> gate.waiting() > before);
    }

    private void end() throws Exception {
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(gate.waiting()).isZero();
        assertThat(gate.<Boolean>pass(_ -> true)).as("the lane is free again").isTrue();
    }

    /// Who asked much waits for who asked once, though that one came later.
    @Test
    void addressesTakeTurns() throws Exception {
        var begun = new CountDownLatch(1);
        var free = new CountDownLatch(1);
        ask("first", () -> false, _ -> waited(begun, free));
        begun.await();
        queue("greedy", "greedy 1");
        queue("greedy", "greedy 2");
        queue("greedy", "greedy 3");
        queue("modest", "modest");
        free.countDown();
        end();
        assertThat(order).containsExactly("greedy 1", "modest", "greedy 2", "greedy 3");
    }

    private static boolean waited(CountDownLatch begun, CountDownLatch free) {
        begun.countDown();
        try {
            free.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return true;
    }

    /// A long thought makes way for all who have not thought yet, as soon as its slice is over and
    /// not before; what it waits does not count as its own time.
    @Test
    void longThoughtsYield() throws Exception {
        ask(
                "long",
                () -> false,
                turn -> {
                    queue("short", "short 1");
                    queue("other", "short 2");
                    goes(50);
                    turn.breathe();
                    order.add(gate.waiting() + " wait");
                    goes(1000);
                    ask(
                            "third",
                            () -> false,
                            _ -> {
                                goes(5000);
                                return order.add("short 3");
                            });
                    until(() -> gate.waiting() == 3);
                    turn.breathe();
                    order.add("long " + TimeUnit.NANOSECONDS.toMillis(turn.spentNanos()));
                    return true;
                });
        until(() -> order.size() == 5);
        end();
        assertThat(order).containsExactly("2 wait", "short 1", "short 2", "short 3", "long 1050");
    }

    /// Of those who had their slice, who thought less goes first, also before one at work.
    @Test
    void lessThoughtGoesFirst() throws Exception {
        var begun = new CountDownLatch(1);
        ask(
                "long",
                () -> false,
                turn -> {
                    goes(10_000);
                    ask("middling", () -> false, other -> thinks(other, begun));
                    until(() -> gate.waiting() == 1);
                    turn.breathe(); // the other has its slice now, and makes way for a third
                    goes(50);
                    order.add("long goes on");
                    turn.breathe();
                    return order.add("long");
                });
        begun.await();
        queue("short", "short");
        go.countDown();
        end();
        assertThat(order).containsExactly("short", "middling", "long goes on", "long");
    }

    private final CountDownLatch go = new CountDownLatch(1);

    private boolean thinks(Gate.Turn turn, CountDownLatch begun) {
        boolean _ = waited(begun, go);
        goes(200);
        turn.breathe();
        return order.add("middling");
    }

    /// Who left gets nothing done any more: neither one at work nor one who waits; and the
    /// lane is free for the next.
    @Test
    void whoLeftIsDone() throws Exception {
        var left = new AtomicBoolean();
        var begun = new CountDownLatch(1);
        ask(
                "leaving",
                left::get,
                turn -> {
                    begun.countDown();
                    until(turn::isGone);
                    until(() -> gate.waiting() == 1); // the one who waited has noticed
                    return order.add("stopped");
                });
        begun.await();
        ask("leaving", left::get, _ -> order.add("never"));
        until(() -> gate.waiting() == 1);
        queue("stays", "stays");
        left.set(true);
        end();
        assertThat(order)
                .containsExactlyInAnyOrder("too many people ask at once", "stopped", "stays");
    }

    /// A row that is full takes nobody but those of whose address nobody waits.
    @Test
    void fullRowsTakeStrangersOnly() throws Exception {
        var begun = new CountDownLatch(1);
        var free = new CountDownLatch(1);
        ask("first", () -> false, _ -> waited(begun, free));
        begun.await();
        for (int at = 0; at < MOST_WAITING; at++) {
            queue("greedy", "greedy");
        }
        assertThatThrownBy(
                        () ->
                                ScopedValue.where(Asker.NOW, new Asker("greedy", () -> false))
                                        .call(() -> gate.pass(_ -> true)))
                .isInstanceOf(Unavailable.class);
        queue("modest", "modest");
        free.countDown();
        end();
        assertThat(order).hasSize(MOST_WAITING + 1);
        assertThat(order.get(1)).isEqualTo("modest");
    }

    /// Who waits longer than anybody should is told to come back, and stands in no row any more.
    @Test
    void nobodyWaitsForEver() throws Exception {
        var begun = new CountDownLatch(1);
        var free = new CountDownLatch(1);
        ask("first", () -> false, _ -> waited(begun, free));
        begun.await();
        queue("late", "never");
        clock.addAndGet(TimeUnit.SECONDS.toNanos(SECONDS) + 1);
        until(() -> gate.waiting() == 0);
        free.countDown();
        end();
        assertThat(order).containsExactly("too many people ask at once");
    }
}
