package opm.web;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import opm.base.Limits;
import opm.base.Nevra;
import opm.pkgset.PackageRef;
import opm.solve.Reason;
import opm.words.Sizes;
import opm.workshop.Row;

/// A plan as a picture of what pulls what: each package hangs below the one that brings it, and
/// shows its size as a bar. The same stands in the table, for who cannot see it.
final class PlanPicture {
    private static final int ROW = 24;
    private static final int STEP = 20;
    private static final int DEEPEST = 10;
    private static final int WIDTH = 760;
    private static final int BARS = 470;
    private static final int BAR = 200;

    private final Page page;
    private final List<Row> rows;
    private final Map<Nevra, List<Row>> below = new HashMap<>();
    private final List<Line> lines = new ArrayList<>();
    private final Set<Nevra> drawn = new HashSet<>();

    /// A package in the picture.
    ///
    /// @param parent the number of the line above it that it hangs from; -1 for none
    private record Line(Row row, int depth, int parent) {}

    PlanPicture(Page page, List<Row> rows) {
        this.page = page;
        this.rows = rows;
        Set<Nevra> here = new HashSet<>();
        rows.forEach(row -> here.add(row.pkg()));
        var roots = new ArrayList<Row>();
        for (Row row : rows) {
            Nevra by = by(row);
            if (by == null || !here.contains(by) || by.equals(row.pkg())) {
                roots.add(row);
            } else {
                below.computeIfAbsent(by, _ -> new ArrayList<>()).add(row);
            }
        }
        var order =
                Comparator.comparingLong((Row row) -> -row.bytes()).thenComparing(Row::pkg);
        below.values().forEach(list -> list.sort(order));
        // What brings most comes first: those are the choices that people think about.
        roots.sort(
                Comparator.comparingInt((Row row) -> -count(row, new HashSet<>()))
                        .thenComparing(order));
        roots.forEach(row -> hang(row, 0, -1));
        // Packages that need each other in a ring hang from nothing.
        rows.forEach(row -> hang(row, 0, -1));
    }

    private static @org.jspecify.annotations.Nullable Nevra by(Row row) {
        Reason why = row.why();
        PackageRef by = why == null ? null : why.by();
        return by == null ? null : by.nevra();
    }

    private int count(Row row, Set<Nevra> seen) {
        if (!seen.add(row.pkg())) {
            return 0;
        }
        int count = 1;
        for (Row one : below.getOrDefault(row.pkg(), List.of())) {
            count += count(one, seen);
        }
        return count;
    }

    private void hang(Row row, int depth, int parent) {
        if (lines.size() >= Limits.PICTURE_ROWS || !drawn.add(row.pkg())) {
            return;
        }
        int own = lines.size();
        lines.add(new Line(row, depth, parent));
        below.getOrDefault(row.pkg(), List.of()).forEach(one -> hang(one, depth + 1, own));
    }

    void write(Html html) {
        int more = rows.size() - lines.size();
        int height = ROW * (lines.size() + (more > 0 ? 1 : 0)) + 8;
        String said = page.word("picture-said", lines.size(), rows.size());
        html.with(said, "p", "class", "note", "id", "picture-said");
        html.open("div", "class", "wide", "tabindex", "0", "role", "region", "aria-label",
                page.word("picture"));
        html.open(
                "svg",
                "class",
                "picture",
                "viewBox",
                "0 0 " + WIDTH + " " + height,
                "role",
                "img",
                "aria-labelledby",
                "picture-title picture-said");
        html.with(page.word("picture"), "title", "id", "picture-title");
        long most = rows.stream().mapToLong(Row::bytes).max().orElse(1);
        for (int at = 0; at < lines.size(); at++) {
            draw(html, at, most);
        }
        if (more > 0) {
            int y = ROW * lines.size() + ROW / 2 + 4;
            html.with(page.count("picture-more", more), "text", "x", "10", "y", "" + (y + 4));
        }
        html.close(2);
    }

    private void draw(Html html, int at, long most) {
        Line line = lines.get(at);
        int x = x(line);
        int y = y(at);
        if (line.parent() >= 0) {
            int fromX = x(lines.get(line.parent()));
            int fromY = y(line.parent()) + 5;
            String path = "M" + fromX + " " + fromY + "V" + y + "H" + (x - 5);
            html.open("path", "d", path).close();
        }
        Row row = line.row();
        String kind = row.kind().name().toLowerCase(Locale.ROOT);
        html.open("circle", "class", kind, "cx", "" + x, "cy", "" + y, "r", "5").close();
        String name = row.pkg().name();
        int room = (BARS - x - 20) / 8;
        String shown = name.length() > room ? name.substring(0, room - 1) + "…" : name;
        html.open("text", "x", "" + (x + 11), "y", "" + (y + 4));
        html.with(page.word("row-" + kind) + " " + row.pkg(), "title").text(shown).close();
        if (row.bytes() > 0) {
            long width = Math.max(2, BAR * row.bytes() / Math.max(1, most));
            html.open(
                            "rect",
                            "x",
                            "" + BARS,
                            "y",
                            "" + (y - 6),
                            "width",
                            "" + width,
                            "height",
                            "12")
                    .close();
            String size = Sizes.of(row.bytes());
            html.with(size, "text", "x", "" + (BARS + width + 6), "y", "" + (y + 4));
        }
    }

    private static int x(Line line) {
        return 10 + STEP * Math.min(line.depth(), DEEPEST);
    }

    private static int y(int at) {
        return ROW * at + ROW / 2 + 4;
    }
}
