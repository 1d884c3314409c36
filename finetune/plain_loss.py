"""trl's losses where there is no Triton, as with the CPU build of torch: the same sums, over whole logits."""

from types import SimpleNamespace


def use_on_cpu() -> None:
    """Give trl 1.15 a plain function in the place of its Triton kernel; without one it fails at the first step."""
    from trl.trainer import utils

    if utils._ChunkedLogProbFunction is None:
        utils._ChunkedLogProbFunction = SimpleNamespace(apply=log_probs)


def log_probs(hidden, weight, bias, targets, temperature, _chunk, softcap, logit_scale, outputs):
    """Return per token: log-probability of its target; entropy, log of the sum of squared probabilities, mean logit,
    whether the target is the likeliest, each None unless named in `outputs`.

    hidden: (tokens, width); weight: (vocabulary, width); targets: (tokens,).
    """
    import torch

    logits = torch.nn.functional.linear(hidden, weight.to(hidden.dtype), bias).float() * logit_scale
    if softcap is not None:
        logits = softcap * torch.tanh(logits / softcap)
    logits = logits / temperature
    log_p = logits.log_softmax(-1)
    wanted = {
        "entropy": lambda: -(log_p.exp() * log_p).sum(-1),
        "log_sum_sq_probs": lambda: (2 * log_p).logsumexp(-1),
        "mean_logits": lambda: logits.mean(-1),
        "is_top1": lambda: logits.argmax(-1) == targets,
    }
    others = (make() if name in outputs else None for name, make in wanted.items())
    return log_p.gather(-1, targets[:, None]).squeeze(-1), *others
