package opm.solve;

import java.util.Arrays;

/// The rules of one request that begin with those that requests share.
///
/// Rules keep their order: a package rule of the request goes to its place among the shared ones,
/// which move up. Where each of those then is stands in [#moved].
final class SharedRules {
    final RuleBase base;
    private final Sat sat;

    /// For each shared rule its number in this request.
    private final int[] moved;

    /// For each of [RuleBase#asking] its place among those of this request.
    private final int[] slotOf;

    private final IntList asking;

    /// Where the request's own package rules are, ascending.
    private int[] places = new int[0];

    /// The shared rules before which the request's own package rules go: one for each of [#places].
    private int[] gaps = new int[0];

    /// The shared package rules that may give a choice and the request's own, ascending, and for
    /// each where it stands in [RuleBase#choices], or -1.
    final IntList choices = new IntList();

    final IntList choiceAt = new IntList();

    /// Whether the rules that keep installed packages are the shared ones, too.
    private boolean keeps;

    /// Starts a request's rules.
    SharedRules(RuleBase base, Sat sat) {
        this.base = base;
        this.sat = sat;
        Room.Rules room = sat.room.rules(base);
        moved = room.moved;
        slotOf = room.slotOf;
        asking = room.asking;
        sat.start = room.start;
        sat.w1 = room.w1;
        sat.w2 = room.w2;
        sat.n1 = room.n1;
        sat.n2 = room.n2;
        sat.off = room.off;
        sat.lits = room.lits;
        System.arraycopy(base.start, 0, sat.start, 0, base.count);
        Arrays.fill(sat.off, false);
        sat.litSize = base.lits.length;
        sat.ruleCount = base.count;
    }

    /// Sorts the rules that were added to the shared ones of packages into those, and drops
    /// doubles.
    void merge() {
        int count = base.count;
        int size = sat.ruleCount - count;
        int[] added = new int[size];
        for (int i = 0; i < size; i++) {
            added[i] = count + i;
        }
        IntList.sort(added, 0, size, sat::compareFast);
        int[] before = new int[size];
        int[] starts = new int[size];
        int from = 1;
        int kept = 0;
        int last = 0;
        for (int rule : added) {
            if (last != 0 && sat.compare(rule, last) == 0) {
                continue;
            }
            last = rule;
            from = lowerBound(rule, from, count);
            if (from < count && sat.compare(rule, from) == 0) {
                continue;
            }
            before[kept] = from;
            starts[kept++] = sat.start[rule];
        }
        places = new int[kept];
        gaps = Arrays.copyOf(before, kept);
        int end = count;
        for (int i = kept - 1; i >= 0; i--) {
            int gap = before[i];
            moveUp(gap, end, i + 1);
            end = gap;
            int place = gap + i;
            places[i] = place;
            sat.start[place] = starts[i];
            sat.w1[place] = sat.first(place);
            sat.w2[place] = sat.second(place);
        }
        moveUp(0, end, 0);
        sat.ruleCount = count + kept;
        listChoices();
    }

    private void moveUp(int from, int to, int by) {
        if (by > 0) {
            System.arraycopy(base.start, from, sat.start, from + by, to - from);
        }
        System.arraycopy(base.w1, from, sat.w1, from + by, to - from);
        System.arraycopy(base.w2, from, sat.w2, from + by, to - from);
        for (int rule = from; rule < to; rule++) {
            moved[rule] = rule + by;
        }
    }

    private int lowerBound(int rule, int from, int to) {
        int low = from;
        int high = to;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sat.compare(middle, rule) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private void listChoices() {
        int next = 0;
        for (int i = 0; i < base.choices.length; i++) {
            int rule = moved[base.choices[i]];
            while (next < places.length && places[next] < rule) {
                choices.push(places[next++]);
                choiceAt.push(-1);
            }
            choices.push(rule);
            choiceAt.push(i);
        }
        while (next < places.length) {
            choices.push(places[next++]);
            choiceAt.push(-1);
        }
    }

    /// Adds the shared feature and update rules.
    void addKeeping(State state) {
        int by = sat.ruleCount - base.count;
        int size = base.allCount - base.count;
        sat.room(size);
        System.arraycopy(base.start, base.count, sat.start, sat.ruleCount, size);
        System.arraycopy(base.w1, base.count, sat.w1, sat.ruleCount, size);
        System.arraycopy(base.w2, base.count, sat.w2, sat.ruleCount, size);
        System.arraycopy(base.off, base.count, sat.off, sat.ruleCount, size);
        for (int rule = base.count; rule < base.allCount; rule++) {
            moved[rule] = rule + by;
        }
        state.feature = sat.ruleCount;
        state.featureEnd = sat.ruleCount + size / 2;
        state.update = state.featureEnd;
        sat.ruleCount += size;
        state.updateEnd = sat.ruleCount;
        state.orphaned.pushAll(base.orphaned);
        keeps = true;
        sat.shared = this;
    }

    /// Tells whether the rules that keep installed packages are the shared ones.
    boolean keeps() {
        return keeps;
    }

    /// Returns the request's own rules, ascending.
    private int[] own() {
        int end = moved[base.allCount - 1] + 1;
        int[] own = Arrays.copyOf(places, places.length + sat.learntFrom - end);
        for (int rule = end; rule < sat.learntFrom; rule++) {
            own[places.length + rule - end] = rule;
        }
        return own;
    }

    /// Makes the watches and assertions of all rules, as [Sat#begin] does of each.
    void begin() {
        int from = 1;
        for (int by = 0; by < gaps.length; by++) {
            link(from, gaps[by], by);
            from = gaps[by];
        }
        link(from, base.allCount, gaps.length);
        for (int i = 0; i < base.watched.length; i++) {
            sat.watches[base.watched[i]] = moved[base.watchedFirst[i]];
        }
        int[] own = own();
        for (int i = own.length - 1; i >= 0; i--) {
            int rule = own[i];
            if (sat.w2[rule] != 0) {
                sat.n1[rule] = watch(sat.w1[rule], rule);
                sat.n2[rule] = watch(sat.w2[rule], rule);
            }
        }
        listAssertions(own);
    }

    /// Links shared rules that all have moved up as far.
    private void link(int from, int to, int by) {
        if (gaps.length == 0) {
            System.arraycopy(base.n1, from, sat.n1, from, to - from);
            System.arraycopy(base.n2, from, sat.n2, from, to - from);
            return;
        }
        int[] n1 = sat.n1;
        int[] n2 = sat.n2;
        for (int rule = from; rule < to; rule++) {
            n1[rule + by] = moved[base.n1[rule]];
            n2[rule + by] = moved[base.n2[rule]];
        }
    }

    private void listAssertions(int[] own) {
        int next = 0;
        for (int rule : base.assertions) {
            int now = moved[rule];
            for (; next < own.length && own[next] < now; next++) {
                addAssertion(own[next]);
            }
            sat.assertions.push(now);
        }
        for (; next < own.length; next++) {
            addAssertion(own[next]);
        }
    }

    private void addAssertion(int rule) {
        if (sat.isAssertion(rule)) {
            sat.assertions.push(rule);
        }
    }

    /// Puts a rule among those that a literal watches, and returns the one that follows. Greater
    /// ones of the request are there already.
    private int watch(int literal, int rule) {
        int index = sat.variables + literal;
        int first = base.watchedFrom[index];
        int low = before(base.watching, first, base.watchedFrom[index + 1], rule);
        int following;
        if (low == first) {
            following = sat.watches[index];
            sat.watches[index] = rule;
            return following;
        }
        int before = moved[base.watching[low - 1]];
        int[] next = sat.w1[before] == literal ? sat.n1 : sat.n2;
        following = next[before];
        next[before] = rule;
        return following;
    }

    /// Returns the rules with two positive literals or more, ascending.
    IntList asking() {
        return asking;
    }

    /// Returns for each of [RuleBase#asking] its place among those of this request.
    int[] slotOf() {
        return slotOf;
    }

    /// Finds the rules with two positive literals or more.
    ///
    /// @return where among them the request's own are, ascending
    IntList findAsking() {
        asking.clear();
        var slots = new IntList();
        int from = 0;
        for (int rule : own()) {
            from = addShared(from, before(base.asking, from, base.asking.length, rule));
            addAsking(rule, slots);
        }
        addShared(from, base.asking.length);
        return slots;
    }

    /// Returns where among shared rules, ascending, those before one of the request's own end.
    private int before(int[] shared, int from, int to, int rule) {
        int low = from;
        int high = to;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (moved[shared[middle]] < rule) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /// Adds shared ones between which the request has none: all of them have moved up as far.
    private int addShared(int from, int to) {
        if (from < to) {
            int[] shared = base.asking;
            int by = moved[shared[from]] - shared[from];
            assert moved[shared[to - 1]] == shared[to - 1] + by : "a rule of the request between";
            int place = asking.size - from;
            int[] into = asking.grow(to - from);
            for (int i = from; i < to; i++) {
                into[i + place] = shared[i] + by;
            }
            for (int i = from; i < to; i++) {
                slotOf[i] = i + place;
            }
        }
        return to;
    }

    private void addAsking(int rule, IntList slots) {
        if (OpenRules.asks(sat, rule)) {
            slots.push(asking.size);
            asking.push(rule);
        }
    }
}
