"""The papers of tests/data/replies/init.json as arXiv on loopback holds them; the days of the month are made up."""

from fakes.arxiv_server import Paper

_LISTED = (
    ("1907.05600", "Yang Song", "Generative Modeling by Estimating Gradients of the Data Distribution"),
    ("2006.11239", "Jonathan Ho", "Denoising Diffusion Probabilistic Models"),
    ("2011.13456", "Yang Song", "Score-Based Generative Modeling through Stochastic Differential Equations"),
    ("2102.09672", "Alex Nichol", "Improved Denoising Diffusion Probabilistic Models"),
    ("2105.05233", "Prafulla Dhariwal", "Diffusion Models Beat GANs on Image Synthesis"),
    ("2010.02502", "Jiaming Song", "Denoising Diffusion Implicit Models"),
    ("2202.00512", "Tim Salimans", "Progressive Distillation for Fast Sampling of Diffusion Models"),
    ("2206.00364", "Tero Karras", "Elucidating the Design Space of Diffusion-Based Generative Models"),
    (
        "2206.00927",
        "Cheng Lu",
        "DPM-Solver: A Fast ODE Solver for Diffusion Probabilistic Model Sampling in Around 10 Steps",
    ),
    ("2303.01469", "Yang Song", "Consistency Models"),
    (
        "2209.03003",
        "Xingchao Liu",
        "Flow Straight and Fast: Learning to Generate and Transfer Data with Rectified Flow",
    ),
    ("2103.00020", "Alec Radford", "Learning Transferable Visual Models From Natural Language Supervision"),
    ("2112.10752", "Robin Rombach", "High-Resolution Image Synthesis with Latent Diffusion Models"),
    ("2207.12598", "Jonathan Ho", "Classifier-Free Diffusion Guidance"),
    ("2302.05543", "Lvmin Zhang", "Adding Conditional Control to Text-to-Image Diffusion Models"),
    ("2010.11929", "Alexey Dosovitskiy", "An Image is Worth 16x16 Words: Transformers for Image Recognition at Scale"),
    ("2212.09748", "William Peebles", "Scalable Diffusion Models with Transformers"),
    (
        "1706.08500",
        "Martin Heusel",
        "GANs Trained by a Two Time-Scale Update Rule Converge to a Local Nash Equilibrium",
    ),
)
PAPERS = tuple(
    Paper(
        number,
        title=title,
        authors=(author,),
        published=f"20{number[:2]}-{number[2:4]}-15T00:00:00Z",
        updated=f"20{number[:2]}-{number[2:4]}-15T00:00:00Z",
    )
    for number, author, title in _LISTED
)
