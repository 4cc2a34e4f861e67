"""Formulas as notes have them, each with a table in which every symbol is explained: what checks are tried on."""

from agents.note.formula import Formula

LISTS = [
    (r"\mathrm{Attention}(Q, K, V) = \mathrm{softmax}(\frac{QK^T}{\sqrt{d_k}})V", ["Q, K, V", "d_k"]),
    (r"\mathrm{FFN}(x)=\max(0, xW_1 + b_1) W_2 + b_2", ["x", "W_1, W_2", "b_1", "b_2"]),
    (r"lrate = d_{\text{model}}^{-0.5} \cdot \min({step\_num}^{-0.5}, {step\_num} \cdot {warmup\_steps}^{-1.5})", ["lrate", r"d_{\text{model}}", r"step\_num", r"warmup\_steps"]),
    (r"\mathcal{L}_{\text{ITC}} = -\frac{1}{N}\sum_{i=1}^{N} \log \frac{\exp(s_{ii}/\tau)}{\sum_{j=1}^{N} \exp(s_{ij}/\tau)}", [r"\mathcal{L}", "N", "s_{ij}", r"\tau"]),
    (r"\mathcal{L} = \frac{1}{2}(\mathcal{L}_i + \mathcal{L}_t)", [r"\mathcal{L}", r"\mathcal{L}_i", r"\mathcal{L}_t"]),
    (r"\mathcal{L} = \mathcal{L}_{\mathrm{ITC}} + \mathcal{L}_{\mathrm{ITM}} + \lambda \mathcal{L}_{\mathrm{ITG}}", [r"\mathcal{L}", r"\mathcal{L}_{\text{ITC}}", r"\mathcal{L}_{ITM}", r"\mathcal{L}_{ITG}", r"\lambda"]),
    (r"\mathrm{MultiHead}(Q,K,V) = \mathrm{Concat}(\mathrm{head}_1, \ldots, \mathrm{head}_h) W^O", ["Q, K, V", r"\mathrm{head}_i", "W^O"]),
    (r"\mathrm{head}_i = \mathrm{Attention}(QW_i^Q, KW_i^K, VW_i^V)", [r"\mathrm{head}_i", "Q,K,V", "W_i^Q", "W_i^K, W_i^V"]),
    (r"PE_{(pos,2i)} = \sin(pos/10000^{2i/d_{\text{model}}})", ["PE", "pos", r"d_{\text{model}}"]),
    (r"q(\mathbf{x}_t \mid \mathbf{x}_{t-1}) = \mathcal{N}(\mathbf{x}_t; \sqrt{1-\beta_t}\mathbf{x}_{t-1}, \beta_t \mathbf{I})", ["q", r"\mathbf{x}_t", r"\mathcal{N}", r"\beta_t", r"\mathbf{I}"]),
    (r"x_t = \sqrt{\bar\alpha_t} x_0 + \sqrt{1-\bar\alpha_t}\,\epsilon", ["x_t", "x_0", r"\bar\alpha_t", r"\epsilon"]),
    (r"\min_G \max_D V(D, G) = \mathbb{E}_{x \sim p_{\text{data}}(x)}[\log D(x)] + \mathbb{E}_{z \sim p_z(z)}[\log(1 - D(G(z)))]", ["G", "D", "V(D,G)", "x", r"p_{\text{data}}", "z", "p_z"]),
    (r"m_t = \beta_1 m_{t-1} + (1-\beta_1) g_t", ["m_t", r"\beta_1", "g_t"]),
    (r"\theta_t = \theta_{t-1} - \alpha \hat{m}_t / (\sqrt{\hat{v}_t} + \epsilon)", [r"\theta", r"\alpha", r"\hat{m}_t", r"\hat{v}_t", r"\varepsilon"]),
    (r"\mathrm{FL}(p_t) = -\alpha_t (1-p_t)^\gamma \log(p_t)", ["p_t", r"\alpha_t", r"\gamma"]),
    (r"D_{\mathrm{KL}}(P \| Q) = \sum_{x \in \mathcal{X}} P(x) \log \frac{P(x)}{Q(x)}", [r"D_{\mathrm{KL}}", "P, Q", r"\mathcal{X}", "x"]),
    (r"L(\theta) = \hat{\mathbb{E}}_t[\min(r_t(\theta)\hat{A}_t, \mathrm{clip}(r_t(\theta), 1-\epsilon, 1+\epsilon)\hat{A}_t)]", ["L", r"\theta", r"r_t(\theta)", r"\hat{A}_t", r"\epsilon"]),
    (r"\mathcal{L} = -\sum_i y_i \log \hat{y}_i", [r"\mathcal{L}", "y_i", r"\hat{y}_i"]),
    (r"f(x) = \frac{1}{\sqrt{2\pi}\sigma} e^{-\frac{(x-\mu)^2}{2\sigma^2}}", ["f", "x", r"\sigma", r"\mu"]),
    (r"p(x) = \int p(x \mid z) p(z) dz", ["p", "x", "z"]),
    (r"W' = W + \frac{\alpha}{r} BA", ["W", "B", "A", r"\alpha", "r", "W'"]),
    (r"\ell_{i,j} = -\log \frac{\exp(\mathrm{sim}(z_i, z_j)/\tau)}{\sum_{k=1}^{2N} \mathbb{1}_{[k \ne i]} \exp(\mathrm{sim}(z_i, z_k)/\tau)}", [r"\ell_{i,j}", "z_i, z_j", r"\tau", "N"]),
    (r"y = \mathcal{F}(x, \{W_i\}) + x", ["y", "x", r"\mathcal{F}", "W_i"]),
    (r"\begin{aligned} h_t &= \tanh(W_{hh} h_{t-1} + W_{xh} x_t) \\ y_t &= W_{hy} h_t \end{aligned}", ["h_t", "W_{hh}", "W_{xh}", "x_t", "y_t", "W_{hy}"]),
    (r"x = \begin{cases} a & \text{if } b > 0 \\ c & \text{otherwise} \end{cases}", ["x", "a", "b", "c"]),
    (r"\mathrm{BLEU} = \mathrm{BP} \cdot \exp\left(\sum_{n=1}^N w_n \log p_n\right)", [r"\mathrm{BLEU}", r"\mathrm{BP}", "w_n", "p_n", "N"]),
    (r"H^{(l+1)} = \sigma(\tilde{D}^{-\frac12}\tilde{A}\tilde{D}^{-\frac12}H^{(l)}W^{(l)})", ["H^{(l)}", r"\sigma", r"\tilde{D}", r"\tilde{A}", "W^{(l)}"]),
    (r"Q^\pi(s,a) = \mathbb{E}_\pi\left[\sum_{k=0}^\infty \gamma^k r_{t+k+1} \mid s_t = s, a_t = a\right]", [r"Q^\pi", r"\pi", r"\gamma", "r_t", "s", "a"]),
    (r"\hat{y} = \arg\max_{y \in \mathcal{Y}} P(y \mid x; \theta)", [r"\hat{y}", r"\mathcal{Y}", "P", "x", r"\theta", "y"]),
    (r"L = \| f(x^a) - f(x^p) \|_2^2 - \| f(x^a) - f(x^n) \|_2^2 + m", ["L", "f", "x^a", "x^p", "x^n", "m"]),
    (r"\theta \leftarrow \theta - \eta \nabla_\theta \mathcal{L}(\theta)", [r"\theta", r"\eta", r"\mathcal{L}"]),
    (r"\mathbf{v} = \operatorname{softmax}\left(\mathbf{W}\mathbf{h} + \mathbf{b}\right)", [r"\mathbf{v} \in \mathbb{R}^d", r"\mathbf{W}", r"\mathbf{h}", r"\mathbf{b}"]),
    (r"\mathrm{CE} = -\log p_\theta(y \mid x)", [r"\mathrm{CE}", r"p_\theta(y \mid x)", "y", "x"]),
    (r"h = W_0 x + \Delta W x = W_0 x + B A x", ["h", "W_0", r"\Delta W", "x", "B", "A"]),
    (r"\mathbf{q} = W_q x, \quad \mathbf{k} = W_k x, \quad \mathbf{v} = W_v x", [r"\mathbf{q}", "W_q", "x", r"\mathbf{k}", "W_k", r"\mathbf{v}", "W_v"]),
    (r"r_\phi(x, y) = \beta \log \frac{\pi_\theta(y \mid x)}{\pi_{\text{ref}}(y \mid x)}", [r"r_\phi", r"\beta", r"\pi_\theta", r"\pi_{\text{ref}}", "x", "y"]),
    (r"\mathrm{LN}(x) = g \odot \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} + b", ["x", "g", r"\mu", r"\sigma", r"\epsilon", "b"]),
    (r"P(A \mid B) = \frac{P(B \mid A) P(A)}{P(B)}", ["P", "A", "B"]),
    (r"η = α + Δ_{i}", ["η", r"\alpha", "Δ_i"]),
    (r"C(N, D) = 6ND", ["C", "N", "D"]),
]  # fmt: skip


def formula(tex, rows, **more):
    table = [{"symbol": row, "meaning": "含义"} for row in rows]
    return Formula.model_validate({"tex": tex, "equation": "", "page": 0, "meaning": "意思", "symbols": table} | more)
