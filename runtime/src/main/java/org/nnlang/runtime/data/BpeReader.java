package org.nnlang.runtime.data;

import java.nio.file.Path;
import java.util.List;

/// A text as a sequence of pieces, cut into windows: `y` is `x`, one piece later. The vocabulary is every character of the
/// text, in their order in Unicode, and then the pieces that byte-pair encoding finds in what is learnt from.
final class BpeReader extends DataReader {
    BpeReader() {
        super(
                "bpe",
                List.of(
                        new Parameter("path", Kind.PATH, true, "the text, in UTF-8"),
                        new Parameter("vocabulary", Kind.WHOLE, "how many pieces there are at most; 2000"),
                        new Parameter("window", Kind.WHOLE, "how many pieces an example has; 128"),
                        new Parameter(
                                "stride",
                                Kind.WHOLE,
                                "how far apart the windows of the part `train` start; the window, so that each piece is"
                                        + " seen once an epoch"),
                        new Parameter(
                                "held_out", Kind.NUMBER, "the fraction at the end that is the part `held_out`; 0.1")));
    }

    @Override
    Examples open(Arguments arguments) {
        Path path = arguments.file("path");
        int size = arguments.whole("vocabulary", 2000, 2, 1 << 20);
        int window = arguments.whole("window", 128, 1, 1 << 24);
        int stride = arguments.whole("stride", window, 1, 1 << 24);
        double fraction = arguments.number("held_out", 0.1);
        if (!(fraction >= 0 && fraction < 1)) {
            throw arguments.wrong("held_out", "a number from 0 on, and below 1");
        }
        String text = WindowedText.of(path);
        List<String> characters =
                text.codePoints().distinct().sorted().mapToObj(Character::toString).toList();
        if (characters.size() > size) {
            throw DataErrors.smallVocabulary(path, size, characters.size());
        }
        // The cut lies where `chars` has it, so that the two can be compared.
        int length = text.codePointCount(0, text.length());
        int cut = text.offsetByCodePoints(0, WindowedText.cut(length, fraction));
        String learnt = text.substring(0, cut);
        var vocabulary =
                new Vocabulary(Vocabulary.Kind.PIECES, BytePairs.learn(List.of(learnt), characters, size));
        Vocabulary.Encoder encoder = vocabulary.new Encoder();
        encoder.add(learnt);
        int learntTokens = encoder.count();
        encoder.add(text.substring(cut));
        return new WindowedText(path, encoder.tokens(), vocabulary, learntTokens, window, stride);
    }
}
