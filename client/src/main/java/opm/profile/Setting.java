package opm.profile;

import java.util.Arrays;
import java.util.List;

/// One `key = value` of a configuration file; lines that continue a value are joined by a space.
public record Setting(String key, String value) {
    /// Returns the value as a list: dnf separates by commas and white space alike.
    public List<String> words() {
        return Arrays.stream(value.split("[,\\s]+")).filter(word -> !word.isEmpty()).toList();
    }
}
