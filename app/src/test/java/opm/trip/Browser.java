package opm.trip;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A real browser with one page.
interface Browser extends AutoCloseable {
    int WAIT_SECONDS = 40;

    /// Runs a script in the page and returns what it comes to, as text.
    @Nullable String eval(String script);

    /// Leads the page to an address, and does not wait for it.
    void go(String address);

    /// Gives a file to an input.
    void choose(String selector, Path file);

    /// Writes a text where the focus is.
    void type(String text);

    /// Ends it as a power cut would.
    void kill();

    @Override
    default void close() {
        kill();
    }

    static String quoted(String text) {
        return opm.server.HttpResponse.quoted(text);
    }

    /// Waits until a script comes to true.
    default void until(String script) {
        until(script, WAIT_SECONDS);
    }

    /// Waits for so long.
    default void until(String script, int seconds) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (!"true".equals(eval("Boolean(" + script + ")"))) {
            if (System.nanoTime() > end) {
                throw new AssertionError(
                        script + " did not come; " + eval("document.body.innerText"));
            }
            LockSupport.parkNanos(20_000_000);
        }
    }

    default void open(String address) {
        go(address);
        until("location.href.startsWith(" + quoted(address) + ") && document.readyState"
                + "==='complete' && document.documentElement.dataset.ready==='yes'");
    }

    default void click(String selector) {
        until("document.querySelector(" + quoted(selector) + ")");
        eval("document.querySelector(" + quoted(selector) + ").click()");
    }

    // ---------------------------------------------------------------- on the pages of opm serve

    /// Brings a profile, searches, takes what is found first; returns the address of the visit.
    default String visit(String address, Path profile, String search) {
        open(address + "/");
        choose("#profile", profile);
        until("location.pathname.startsWith('/v/')");
        until("document.documentElement.dataset.ready==='yes'");
        String visit = Objects.requireNonNull(eval("location.href"));
        eval("document.querySelector('#q').focus()");
        type(search);
        until("document.querySelector('.cost')?.textContent");
        click("#hits button");
        until("document.querySelector('#down-start')");
        return visit;
    }

    /// Fills in a number: `down-rate` (kB/s), `down-cap` (MB); 0 for none.
    default void set(String field, long number) {
        eval(
                "(()=>{const r=document.querySelector('#" + field + "');r.value='"
                        + (number == 0 ? "" : number)
                        + "';r.dispatchEvent(new Event('input'))})()");
    }

    default void untilShare(double share, int seconds) {
        until("document.querySelector('#downloads progress')?.value > " + share, seconds);
    }

    default void untilStatus(String words, int seconds) {
        until("document.querySelector('#down-status')?.innerText.includes(" + quoted(words) + ")",
                seconds);
    }

    /// Saves the bundle that is ready, and waits until it is whole.
    ///
    /// @param folder where this browser puts what it downloads
    default Path save(Path folder) {
        until("document.querySelector('#down-save')", 300);
        click("#down-save");
        return saved(folder.resolve("box.opm"));
    }

    /// Waits until a file is whole. Browsers keep what comes in another one, and the name empty.
    static Path saved(Path file) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
        while (file.toFile().length() == 0 || Files.exists(Path.of(file + ".crdownload"))) {
            if (System.nanoTime() > end) {
                throw new AssertionError(file + " did not come");
            }
            LockSupport.parkNanos(20_000_000);
        }
        return file;
    }
}
