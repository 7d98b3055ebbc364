package org.nnlang.runtime.program;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.nnlang.runtime.program.SizeRule.Amount;

/// Size rules as bytes.
final class SizeRuleCodec {
    /// Deeper than any program's: a damaged file must not take all of the stack.
    private static final int DEEPEST = 200;

    private SizeRuleCodec() {}

    static void write(SizeRule rule, DataOutput out) throws IOException {
        switch (rule) {
            case SizeRule.Compare(var sign, Amount left, Amount right) -> {
                out.writeByte('C');
                out.writeUTF(sign.name());
                write(left, out);
                write(right, out);
            }
            case SizeRule.Whole(Extent extent) -> {
                out.writeByte('W');
                ImageCodec.write(extent, out);
            }
            case SizeRule.Both(SizeRule left, SizeRule right) -> {
                out.writeByte('B');
                write(left, out);
                write(right, out);
            }
            case SizeRule.Either(SizeRule left, SizeRule right) -> {
                out.writeByte('E');
                write(left, out);
                write(right, out);
            }
            case SizeRule.Not(SizeRule inner) -> {
                out.writeByte('N');
                write(inner, out);
            }
        }
    }

    private static void write(Amount amount, DataOutput out) throws IOException {
        out.writeDouble(amount.number());
        ImageCodec.write(amount.extent(), out);
        Extent divisor = amount.divisor();
        out.writeBoolean(divisor != null);
        if (divisor != null) {
            ImageCodec.write(divisor, out);
        }
    }

    static SizeRule read(DataInput in, int depth) throws IOException {
        if (depth > DEEPEST) {
            throw new IOException("a damaged compiled program: a rule nested too deeply");
        }
        byte kind = in.readByte();
        return switch (kind) {
            case 'C' -> new SizeRule.Compare(SizeRule.Sign.valueOf(in.readUTF()), amount(in), amount(in));
            case 'W' -> new SizeRule.Whole(ImageCodec.extent(in));
            case 'B' -> new SizeRule.Both(read(in, depth + 1), read(in, depth + 1));
            case 'E' -> new SizeRule.Either(read(in, depth + 1), read(in, depth + 1));
            case 'N' -> new SizeRule.Not(read(in, depth + 1));
            default -> throw new IOException("a damaged compiled program: a rule of kind " + kind);
        };
    }

    private static Amount amount(DataInput in) throws IOException {
        return new Amount(in.readDouble(), ImageCodec.extent(in), in.readBoolean() ? ImageCodec.extent(in) : null);
    }
}
