"""What the loop from feedback to a better adapter is made of: `finetune.improve` goes through it step by step."""
