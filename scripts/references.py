#!/usr/bin/env python3
"""Makes tests/references/*.json: what networkx and igraph say of well-known graphs, for the tests to
compare with. Needs networkx, igraph and scipy from PyPI, and for WordNet the tables of
benches/wordnet/convert.py.

Where both libraries have an algorithm, they must agree, or nothing is written.
"""

import csv
import itertools
import json
import pathlib
import random

import igraph
import networkx as nx

ROOT = pathlib.Path(__file__).resolve().parent.parent
OUT = ROOT / "tests" / "references"


def close(a, b):
    assert len(a) == len(b)
    for x, y in zip(a, b):
        assert abs(x - y) < 1e-6, (x, y)


def measures(graph, nodes):
    """The measures of every node, by networkx, checked by igraph."""
    place = {node: index for index, node in enumerate(nodes)}
    simple = igraph.Graph(len(nodes), [(place[a], place[b]) for a, b in graph.edges])
    weights = [graph[a][b].get("weight", 1) for a, b in graph.edges]
    listed = lambda values: [values[node] for node in nodes]
    n = len(nodes)
    page_rank = listed(nx.pagerank(graph, alpha=0.85, max_iter=1000, tol=1e-14))
    close(page_rank, simple.pagerank(damping=0.85, weights=weights))
    betweenness = listed(nx.betweenness_centrality(graph))
    close(betweenness, [value / ((n - 1) * (n - 2) / 2) for value in simple.betweenness()])
    closeness = listed(nx.closeness_centrality(graph))
    if nx.is_connected(graph):
        close(closeness, simple.closeness())
    cores = listed(nx.core_number(graph))
    close(cores, simple.coreness())
    clustering = listed(nx.clustering(graph))
    close(clustering, simple.transitivity_local_undirected(mode="zero"))
    leiden = max(
        simple.community_leiden(objective_function="modularity", weights=weights, n_iterations=20).modularity
        for _ in range(10)
    )
    return {
        "neighbors": listed(dict(graph.degree())),
        "pageRank": page_rank,
        "betweenness": betweenness,
        "closeness": closeness,
        "coreNumber": cores,
        "triangles": listed(nx.triangles(graph)),
        "clustering": clustering,
        "components": sorted((len(part) for part in nx.connected_components(graph)), reverse=True),
        "modularity": leiden,
    }


def likeness(graph, nodes):
    """For pairs that share a neighbor: Jaccard and Adamic-Adar."""
    pairs = [(a, b) for a, b in itertools.combinations(nodes, 2) if set(graph[a]) & set(graph[b])]
    jaccard = {(a, b): value for a, b, value in nx.jaccard_coefficient(graph, pairs)}
    adamic = {(a, b): value for a, b, value in nx.adamic_adar_index(graph, pairs)}
    return [[a, b, jaccard[a, b], adamic[a, b]] for a, b in pairs]


def paths(graph, nodes, chance):
    """Of some pairs: the distance, all shortest paths, how many simple paths have up to four steps, the
    lengths of the first twelve simple paths in order of length, and of the cheapest by weight."""
    found = []
    for a, b in chance.sample(list(itertools.permutations(nodes, 2)), 30):
        if not nx.has_path(graph, a, b):
            found.append({"from": a, "to": b, "distance": None})
            continue
        shortest = sorted(nx.all_shortest_paths(graph, a, b))
        simple = sum(1 for _ in nx.all_simple_paths(graph, a, b, cutoff=4))
        ordered = [len(p) - 1 for p in itertools.islice(nx.shortest_simple_paths(graph, a, b), 12)]
        cost = lambda path: sum(graph[x][y]["cost"] for x, y in zip(path, path[1:]))
        costs = [cost(p) for p in itertools.islice(nx.shortest_simple_paths(graph, a, b, weight="cost"), 8)]
        found.append({
            "from": a, "to": b, "distance": len(shortest[0]) - 1, "shortest": shortest,
            "simpleUpTo4": simple, "lengths": ordered, "costs": costs,
        })
    return found


def small(name, graph):
    """A graph whose statements are its edges, each as often as its weight says."""
    graph = nx.Graph(graph)
    names = {node: str(node) for node in graph.nodes}
    graph = nx.relabel_nodes(graph, names)
    nodes = list(graph.nodes)
    chance = random.Random(name)
    for a, b in graph.edges:
        # What a statement of high, medium or low confidence costs.
        graph[a][b]["cost"] = chance.choice([1, 2, 4])
    terminals = [chance.sample(nodes, 4) for _ in range(8)]
    # No tree that ties the four together has fewer edges.
    least = []
    for four in terminals:
        tree = nx.algorithms.approximation.steiner_tree(graph, four, method="mehlhorn")
        least.append(tree.number_of_edges())
    value = {
        "nodes": nodes,
        "edges": [[a, b, graph[a][b].get("weight", 1), graph[a][b]["cost"]] for a, b in graph.edges],
        "measures": measures(graph, nodes),
        "likeness": likeness(graph, nodes),
        "paths": paths(graph, nodes, chance),
        "connections": [{"keys": four, "edges": edges} for four, edges in zip(terminals, least)],
        "personalised": {
            node: nx.pagerank(graph, alpha=0.85, personalization={node: 1}, max_iter=1000, tol=1e-14)
            for node in nodes[:3]
        },
        "fourCycles": sum(1 for cycle in nx.simple_cycles(graph, length_bound=4) if len(cycle) == 4),
    }
    (OUT / f"{name}.json").write_text(json.dumps(value, ensure_ascii=False, indent=None) + "\n")


def wordnet():
    """WordNet, all of it, but only a sample of what is known of it."""
    folder = ROOT / "benches" / "wordnet" / "data"
    graph = nx.MultiGraph()
    with open(folder / "entities.csv", encoding="utf-8", newline="") as file:
        kinds = {row["key"]: row["kind"] for row in csv.DictReader(file)}
    graph.add_nodes_from(kinds)
    with open(folder / "statements.csv", encoding="utf-8", newline="") as file:
        pairs = [(row["subject"], row["object"]) for row in csv.DictReader(file)]
    graph.add_edges_from((a, b) for a, b in pairs if a != b)
    simple = nx.Graph()
    simple.add_nodes_from(kinds)
    for a, b in graph.edges():
        simple.add_edge(a, b, weight=simple.get_edge_data(a, b, {"weight": 0})["weight"] + 1)
    nodes = list(kinds)
    place = {node: index for index, node in enumerate(nodes)}
    other = igraph.Graph(len(nodes), [(place[a], place[b]) for a, b in simple.edges])
    weights = [simple[a][b]["weight"] for a, b in simple.edges]
    chance = random.Random("wordnet")
    rank = nx.pagerank(simple, alpha=0.85, max_iter=1000, tol=1e-14)
    close([rank[node] for node in nodes], other.pagerank(damping=0.85, weights=weights))
    cores = nx.core_number(simple)
    close([cores[node] for node in nodes], other.coreness())
    triangles = nx.triangles(simple)
    assert sum(triangles.values()) // 3 == len(other.list_triangles())
    nouns = [node for node in nodes if kinds[node] == "Noun"]
    pairs = [chance.sample(nouns, 2) for _ in range(60)]
    starts = chance.sample(nodes, 20)
    sample = chance.sample(nodes, 60) + sorted(nodes, key=lambda node: -rank[node])[:20]
    near = lambda start: len(nx.single_source_shortest_path_length(simple, start, cutoff=3))
    parts = sorted((len(part) for part in nx.connected_components(simple)), reverse=True)
    leiden = other.community_leiden(objective_function="modularity", weights=weights, n_iterations=5)
    value = {
        "sample": {
            node: {
                "neighbors": simple.degree(node), "pageRank": rank[node],
                "coreNumber": cores[node], "triangles": triangles[node],
                "clustering": nx.clustering(simple, node),
            }
            for node in sample
        },
        "components": parts[:10] + [len(parts)],
        "triangles": sum(triangles.values()) // 3,
        "modularity": leiden.modularity,
        "distances": [
            [a, b, nx.shortest_path_length(simple, a, b) if nx.has_path(simple, a, b) else None]
            for a, b in pairs
        ],
        "withinThree": [[start, near(start)] for start in starts],
    }
    (OUT / "wordnet.json").write_text(json.dumps(value) + "\n")


OUT.mkdir(parents=True, exist_ok=True)
small("karate", nx.Graph(nx.karate_club_graph().edges))
small("les-miserables", nx.les_miserables_graph())
small("davis", nx.davis_southern_women_graph())
small("florentine", nx.florentine_families_graph())
wordnet()
