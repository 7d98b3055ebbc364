package org.nnlang.compiler.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.fuse.Dataflow;
import org.nnlang.compiler.fuse.Views;
import org.nnlang.compiler.ir.Node;
import org.nnlang.runtime.program.Segment;

/// Gives memory to what loops write, in place of what they read where that is safe.
final class Reuse {
    private final Storage storage;
    private final Set<Node> stored;
    /// The last job that reads what lies at a node.
    private final Map<Node, Integer> lastRead = new HashMap<>();
    private final List<Late> late = new ArrayList<>();

    /// A variable's new value that could not be written where it belongs.
    record Late(Node node, Location source, Location target) {}

    /// @param stored nodes that someone besides their own cluster reads
    Reuse(Storage storage, Set<Node> stored) {
        this.storage = storage;
        this.stored = stored;
    }

    /// Notes that job `job` reads what lies at `base`; jobs are noted in order.
    void read(Node base, int job) {
        lastRead.put(base, job);
    }

    /// What is still to be copied when all else is done.
    List<Late> late() {
        return late;
    }

    /// Where an access begins, but for its offset.
    Location location(Access access) {
        if (access.fixed() != null) {
            return access.fixed();
        }
        Node base = access.base();
        if (base == null) {
            throw new AssertionError("an access of nothing");
        }
        return storage.of(base);
    }

    /// Gives memory to what a loop writes: that of an operand nobody reads later, where the loop is done with each
    /// element before it writes there, or new memory.
    ///
    /// @param product the product before the loop, whose memory is not decided yet, or null
    /// @param job the number of the job
    void settle(LoopBuilder.Built built, @Nullable Node product, int job) {
        Set<Location> taken = new HashSet<>();
        for (int written = 0; written < built.operands().size(); written++) {
            Access target = built.operands().get(written);
            Node node = target.base();
            if (!target.written() || node == null) {
                continue;
            }
            Location home = storage.find(node);
            if (home != null) {
                if (home.segment().isShared() && !mayWrite(built, written, home)) {
                    Location aside = storage.buffer(node);
                    storage.move(node, aside);
                    lastRead.put(node, Integer.MAX_VALUE);
                    late.add(new Late(node, aside, home));
                }
                continue;
            }
            Location reused = product == null ? reusable(built, written, taken, job) : null;
            storage.put(node, reused != null ? reused : storage.buffer(node));
            if (reused != null) {
                taken.add(reused);
            }
        }
    }

    /// Whether all reads of what lies at `home` see an element before it is overwritten.
    private boolean mayWrite(LoopBuilder.Built built, int written, Location home) {
        Access target = built.operands().get(written);
        for (int read = 0; read < built.operands().size(); read++) {
            Access source = built.operands().get(read);
            Node base = source.base();
            if (source.written() || base == null || !home.equals(storage.find(base))) {
                continue;
            }
            boolean same = source.offset().equals(target.offset()) && source.strides().equals(target.strides());
            if (target.combined() || !same || !built.program().mayOverwrite(written, read)) {
                return false;
            }
        }
        return true;
    }

    private @Nullable Location reusable(LoopBuilder.Built built, int written, Set<Location> taken, int job) {
        Access target = built.operands().get(written);
        for (Access source : built.operands()) {
            Node base = source.base();
            if (source.written() || base == null || target.base() == null) {
                continue;
            }
            Location home = storage.find(base);
            if (home == null) {
                continue;
            }
            // What a round of a loop is given is not its own, and what moves is kept for later rounds.
            boolean dies = home.segment() == Segment.ARENA
                    && home.shifts().isEmpty()
                    && !Dataflow.isGiven(base)
                    && home.offset().isZero()
                    && home.ints() == !target.dtype().isFloat()
                    && Integer.valueOf(job).equals(lastRead.get(base));
            boolean covers = Views.essential(base.shape().dims())
                    .equals(Views.essential(target.base().shape().dims()));
            if (dies && covers && !taken.contains(home) && mayWrite(built, written, home)) {
                return home;
            }
        }
        return null;
    }

    /// Memory for a product's result that an epilogue goes on with: that of the first thing it writes, if every element is
    /// read before it is overwritten and nothing else is read there.
    Location placeBefore(LoopBuilder.Built built, Node product) {
        Location home = storage.find(product);
        if (home != null) {
            return home;
        }
        int read = -1;
        for (int i = 0; i < built.operands().size(); i++) {
            Access access = built.operands().get(i);
            if (product.equals(access.base()) && !access.written()) {
                read = i;
            }
        }
        if (read >= 0 && !stored.contains(product)) {
            for (int written = 0; written < built.operands().size(); written++) {
                Access target = built.operands().get(written);
                Node node = target.base();
                if (target.written() && node != null && fits(built, written, read)) {
                    storage.put(product, storage.of(node));
                    return storage.of(node);
                }
            }
        }
        return storage.home(product);
    }

    private boolean fits(LoopBuilder.Built built, int written, int read) {
        Access target = built.operands().get(written);
        Access source = built.operands().get(read);
        Location home = location(target);
        if (home.ints()
                || !target.strides().equals(source.strides())
                || !built.program().mayOverwrite(written, read)) {
            return false;
        }
        for (int other = 0; other < built.operands().size(); other++) {
            if (other != written && other != read && mayMeet(home, built.operands().get(other))) {
                return false;
            }
        }
        return true;
    }

    private boolean mayMeet(Location home, Access other) {
        Location place = other.fixed() != null ? other.fixed() : other.base() == null ? null
                : storage.find(other.base());
        return place != null && place.segment() == home.segment() && place.ints() == home.ints()
                && (place.buffer() == home.buffer() && (home.buffer() >= 0 || place.offset().equals(home.offset())));
    }
}
