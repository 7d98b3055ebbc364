"""W2, W3, W4, W5 of the workloads in PyTorch on a GPU: one JSON line a measurement.

    python3 benchmarks/rivals/pytorch_gpu.py [--steps 50] [--only W4]

A step is forward, backward and update on fixed data in device memory; the time is the median over windows of ten steps
with one synchronisation each. Eager and compiled, TF32 off and on.
"""
import argparse, json, statistics, time
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)
device = torch.device("cuda")


class Block(nn.Module):
    def __init__(self, d, heads):
        super().__init__()
        self.n1, self.n2 = nn.LayerNorm(d), nn.LayerNorm(d)
        self.qkv, self.out = nn.Linear(d, 3 * d), nn.Linear(d, d)
        self.up, self.down = nn.Linear(d, 4 * d), nn.Linear(4 * d, d)
        self.heads = heads

    def forward(self, x):
        b, t, d = x.shape
        q, k, v = self.qkv(self.n1(x)).view(b, t, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        a = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.out(a.transpose(1, 2).reshape(b, t, d))
        return x + self.down(F.gelu(self.up(self.n2(x))))


class Gpt(nn.Module):
    def __init__(self, vocab=96, depth=4, d=256, heads=8, context=128):
        super().__init__()
        self.tok, self.pos = nn.Embedding(vocab, d), nn.Embedding(context, d)
        self.blocks = nn.Sequential(*[Block(d, heads) for _ in range(depth)])
        self.norm, self.head = nn.LayerNorm(d), nn.Linear(d, vocab)

    def forward(self, tokens):
        h = self.tok(tokens) + self.pos.weight[: tokens.shape[1]]
        return self.head(self.norm(self.blocks(h)))


class Lstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm, self.head = nn.LSTM(64, 256, batch_first=True), nn.Linear(256, 10)

    def forward(self, x):
        return self.head(self.lstm(x)[0][:, -1])


def gpt(d, context, batch, heads):
    model = Gpt(d=d, context=context, heads=heads)
    x = torch.randint(0, 96, (batch, context), device=device)
    y = torch.randint(0, 96, (batch, context), device=device)
    loss = lambda m: F.cross_entropy(m(x).flatten(0, 1), y.flatten())
    return model, loss, lambda p: torch.optim.AdamW(p, 3e-4, weight_decay=0.01, fused=True), batch * context


def classifier(model, shape, rows):
    x = torch.randn(*shape, device=device)
    y = torch.randint(0, 10, (rows,), device=device)
    return model, lambda m: F.cross_entropy(m(x), y), lambda p: torch.optim.Adam(p, 1e-3, fused=True), rows


def workloads():
    relu = nn.ReLU
    yield "W2", lambda: classifier(
        nn.Sequential(nn.Linear(784, 512), relu(), nn.Linear(512, 256), relu(), nn.Linear(256, 10)), (128, 784), 128)
    yield "W3", lambda: classifier(Lstm(), (32, 64, 64), 32)
    yield "W4", lambda: gpt(256, 128, 16, 8)
    yield "W4-1024", lambda: gpt(1024, 1024, 8, 16)
    yield "W5", lambda: classifier(
        nn.Sequential(nn.Conv2d(1, 32, 3), relu(), nn.Conv2d(32, 64, 3), relu(), nn.MaxPool2d(2), nn.Flatten(),
                      nn.Linear(9216, 128), relu(), nn.Linear(128, 10)), (64, 1, 28, 28), 64)


def measure(name, make, compiled, tf32, windows):
    torch.backends.cuda.matmul.allow_tf32 = tf32
    torch.backends.cudnn.allow_tf32 = tf32
    model, loss, optimizer, items = make()
    model = model.to(device)
    update = optimizer(model.parameters())
    run = torch.compile(model) if compiled else model

    def step():
        update.zero_grad(set_to_none=True)
        loss(run).backward()
        update.step()

    for _ in range(30):
        step()
    torch.cuda.synchronize()
    times = []
    for _ in range(windows):
        start = time.perf_counter()
        for _ in range(10):
            step()
        torch.cuda.synchronize()
        times.append((time.perf_counter() - start) / 10 * 1e3)
    median = statistics.median(times)
    print(json.dumps({"workload": name, "who": "pytorch " + torch.__version__, "device": torch.cuda.get_device_name(),
                      "compiled": compiled, "tf32": tf32, "median_ms": round(median, 4), "min_ms": round(min(times), 4),
                      "items_per_s": round(items / median * 1e3)}), flush=True)


def product(n, tf32):
    torch.backends.cuda.matmul.allow_tf32 = tf32
    a, b = (torch.randn(n, n, device=device) for _ in range(2))
    for _ in range(5):
        a @ b
    torch.cuda.synchronize()
    times = []
    for _ in range(10):
        start = time.perf_counter()
        for _ in range(5):
            a @ b
        torch.cuda.synchronize()
        times.append((time.perf_counter() - start) / 5 * 1e3)
    median = statistics.median(times)
    print(json.dumps({"workload": f"W1 {n}", "who": "cublas", "tf32": tf32, "median_ms": round(median, 4),
                      "tflops": round(2 * n**3 / median / 1e9, 2)}), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--windows", type=int, default=10)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    for tf32 in (False, True):
        if not options.only or options.only == "W1":
            for n in (512, 1024, 2048, 4096):
                product(n, tf32)
    for name, make in workloads():
        if not options.only or name.startswith(options.only):
            for tf32 in (False, True):
                for compiled in (False, True):
                    try:
                        measure(name, make, compiled, tf32, options.windows)
                    except Exception as problem:  # a missing C compiler keeps torch.compile from working
                        print(json.dumps({"workload": name, "compiled": compiled, "tf32": tf32,
                                          "error": str(problem)[:300]}), flush=True)
