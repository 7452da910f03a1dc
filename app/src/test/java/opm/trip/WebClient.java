package opm.trip;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// A browser without a script, and the `opm serve` that it talks to.
final class WebClient implements AutoCloseable {
    private final Process server;
    private final String address;

    private WebClient(Process server, String address) {
        this.server = server;
        this.address = address;
    }

    /// Starts `opm serve` with some options, at a port that is free.
    static WebClient serve(Path log, String... options) {
        return serveAt("127.0.0.1", log, options);
    }

    /// Starts it at another address of this machine.
    static WebClient serveAt(String host, Path log, String... options) {
        var argv = new java.util.ArrayList<>(Trip.opmCommand());
        argv.addAll(List.of("serve", "--listen", host + ":0"));
        argv.addAll(List.of(options));
        try {
            Process server =
                    new ProcessBuilder(argv)
                            .redirectError(log.toFile())
                            .redirectInput(Path.of("/dev/null").toFile())
                            .start();
            String line =
                    new java.io.BufferedReader(
                                    new java.io.InputStreamReader(
                                            server.getInputStream(), StandardCharsets.UTF_8))
                            .readLine();
            Matcher port = Pattern.compile(" port (\\d+)").matcher(String.valueOf(line));
            if (!port.find()) {
                server.destroyForcibly();
                throw new AssertionError("serve said " + line + "; " + Files.readString(log));
            }
            return new WebClient(server, "http://" + host + ":" + port.group(1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String address() {
        return address;
    }

    /// One answer.
    ///
    /// @param headers by lower-case name
    @SuppressWarnings("ArrayRecordComponent") // one owner, never compared
    record Said(int status, Map<String, String> headers, byte[] body) {
        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        String header(String name) {
            return headers.getOrDefault(name, "");
        }
    }

    Said get(String path, String... headers) {
        return ask("GET", path, new byte[0], headers);
    }

    /// Sends a form; fields are names and values in turn.
    Said post(String path, String... fields) {
        var body = new StringBuilder();
        for (int at = 0; at < fields.length; at += 2) {
            body.append(at == 0 ? "" : "&").append(encoded(fields[at])).append('=');
            body.append(encoded(fields[at + 1]));
        }
        return ask(
                "POST",
                path,
                body.toString().getBytes(StandardCharsets.UTF_8),
                "Content-Type: application/x-www-form-urlencoded");
    }

    /// Sends a file as a browser does that has a form with one.
    Said upload(String path, Path file) {
        var body = new ByteArrayOutputStream();
        try {
            body.writeBytes(
                    ("--xyz\r\nContent-Disposition: form-data; name=\"profile\"; filename=\""
                                    + file.getFileName()
                                    + "\"\r\nContent-Type: application/octet-stream\r\n\r\n")
                            .getBytes(StandardCharsets.UTF_8));
            body.writeBytes(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        body.writeBytes("\r\n--xyz--\r\n".getBytes(StandardCharsets.UTF_8));
        return ask(
                "POST",
                path,
                body.toByteArray(),
                "Content-Type: multipart/form-data; boundary=xyz");
    }

    static String encoded(String text) {
        return java.net.URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    Said ask(String method, String path, byte[] body, String... headers) {
        try {
            var connection =
                    (HttpURLConnection) URI.create(address + path).toURL().openConnection();
            connection.setRequestMethod(method);
            connection.setInstanceFollowRedirects(false);
            connection.setReadTimeout(60_000);
            for (String header : headers) {
                String[] words = header.split(": ", 2);
                connection.setRequestProperty(words[0], words[1]);
            }
            if (method.equals("POST")) {
                connection.setDoOutput(true);
                connection.getOutputStream().write(body);
            }
            int status = connection.getResponseCode();
            InputStream in =
                    status < 400 ? connection.getInputStream() : connection.getErrorStream();
            byte[] said = in == null ? new byte[0] : in.readAllBytes();
            Map<String, String> known =
                    connection.getHeaderFields().entrySet().stream()
                            .filter(entry -> entry.getKey() != null)
                            .collect(
                                    Collectors.toMap(
                                            entry -> entry.getKey().toLowerCase(Locale.ROOT),
                                            entry -> String.join(", ", entry.getValue())));
            return new Said(status, known, said);
        } catch (IOException e) {
            throw new UncheckedIOException(path, e);
        }
    }

    /// Looks until a page says something.
    String until(String path, String wanted, String unwanted) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (true) {
            String page = get(path).text();
            if (page.contains(wanted)) {
                return page;
            }
            if (page.contains(unwanted) || System.nanoTime() > end) {
                throw new AssertionError("expected " + wanted + " in " + page);
            }
            java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
        }
    }

    long pid() {
        return server.pid();
    }

    @Override
    public void close() {
        server.destroy();
        try {
            if (!server.waitFor(10, TimeUnit.SECONDS)) {
                server.destroyForcibly();
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
