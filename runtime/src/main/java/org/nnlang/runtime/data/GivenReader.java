package org.nnlang.runtime.data;

import java.util.List;

/// Data that the Java program hands in, under a name: see [DataSources#give]. There is nothing to read, so what was
/// handed in is known to [DataSources] before this is asked.
final class GivenReader extends DataReader {
    static final String NAME = "given";

    GivenReader() {
        super(NAME, List.of(new Parameter("name", Kind.TEXT, true, "the name under which the data are handed in")));
    }

    @Override
    public String summary() {
        return "data that the Java program hands in under this name";
    }

    @Override
    Examples open(Arguments arguments) {
        throw DataErrors.notGiven(arguments.text("name", ""));
    }
}
